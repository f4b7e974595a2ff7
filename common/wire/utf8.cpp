#include "common/wire/utf8.h"

#include <cstddef>
#include <cstdint>

namespace starling::wire {
namespace {

// RFC 3629, section 4: the lead byte fixes the length and the range of the second byte; the rest are 80..BF.
struct Lead {
  std::size_t length = 0;  // 0: no character starts with this byte
  std::uint8_t second_min = 0x80;
  std::uint8_t second_max = 0xBF;
};

constexpr Lead lead_of(std::uint8_t b) {
  if (b < 0x80) return {1};
  if (b < 0xC2) return {0};
  if (b < 0xE0) return {2};
  if (b == 0xE0) return {3, 0xA0, 0xBF};
  if (b == 0xED) return {3, 0x80, 0x9F};
  if (b < 0xF0) return {3};
  if (b == 0xF0) return {4, 0x90, 0xBF};
  if (b < 0xF4) return {4};
  if (b == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t k) { return static_cast<std::uint8_t>(text[i + k]); };
    const Lead lead = lead_of(byte(0));
    if (lead.length == 0 || lead.length > text.size() - i) return false;
    if (lead.length > 1 && (byte(1) < lead.second_min || byte(1) > lead.second_max)) return false;
    for (std::size_t k = 2; k < lead.length; ++k) {
      if ((byte(k) & 0xC0) != 0x80) return false;
    }
    i += lead.length;
  }
  return true;
}

}  // namespace starling::wire
