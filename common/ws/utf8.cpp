#include "common/ws/utf8.h"

#include <cstring>

namespace starling::ws {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080ull;

std::size_t ascii_prefix(std::span<const std::byte> bytes) {
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + i, 8);
    if ((word & kHighBits) != 0) break;
  }
  while (i < bytes.size() && std::to_integer<unsigned>(bytes[i]) < 0x80) ++i;
  return i;
}

}  // namespace

bool Utf8Validator::feed(std::span<const std::byte> bytes) {
  std::size_t i = 0;
  while (true) {
    if (missing_ == 0) i += ascii_prefix(bytes.subspan(i));
    if (i == bytes.size()) return true;
    const auto byte = std::to_integer<std::uint8_t>(bytes[i++]);
    if (missing_ > 0) {
      if (byte < low_ || byte > high_) return false;
      --missing_;
      low_ = 0x80;
      high_ = 0xBF;
      continue;
    }
    // Table 3-7 of the Unicode standard: only the byte after the first one is ever restricted further.
    if (byte < 0xC2 || byte > 0xF4) return false;
    missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    if (byte == 0xE0) low_ = 0xA0;
    if (byte == 0xED) high_ = 0x9F;
    if (byte == 0xF0) low_ = 0x90;
    if (byte == 0xF4) high_ = 0x8F;
  }
}

bool is_utf8(std::span<const std::byte> text) {
  Utf8Validator validator;
  return validator.feed(text) && validator.complete();
}

std::size_t utf8_prefix(std::span<const std::byte> text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text.size();
  std::size_t end = bytes_max;
  while (end > 0 && (std::to_integer<unsigned>(text[end]) & 0xC0) == 0x80) --end;
  return end;
}

}  // namespace starling::ws
