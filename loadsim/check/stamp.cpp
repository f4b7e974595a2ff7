#include "loadsim/check/stamp.h"

#include <algorithm>
#include <array>

#include "common/wire/event.h"

namespace starling::check {
namespace {

constexpr std::size_t kChecksumDigits = 8;

void put_hex(std::string& out, std::uint64_t value, std::size_t digits) {
  for (std::size_t i = digits; i-- > 0;) out.push_back("0123456789abcdef"[(value >> (4 * i)) & 15]);
}

bool take_hex(std::string_view& in, std::size_t digits, std::uint64_t& value) {
  value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = in[i];
    if (c >= '0' && c <= '9') {
      value = value << 4 | static_cast<std::uint64_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value = value << 4 | static_cast<std::uint64_t>(c - 'a' + 10);
    } else {
      return false;
    }
  }
  in.remove_prefix(digits);
  return true;
}

std::uint64_t checksum(std::string_view text) { return wire::body_hash(text) & 0xFFFFFFFFu; }

/// Two bits each: zero width space and non-joiner, word joiner, zero width no-break space.
constexpr std::array<std::string_view, 4> kInvisible{"\xE2\x80\x8B", "\xE2\x80\x8C", "\xE2\x81\xA0", "\xEF\xBB\xBF"};
constexpr std::size_t kInvisibleBytes = kStampBytes * 2 * 3;

/// Of a text with an invisible stamp: the stamp as it would be shown, its checksum judged and made anew without the text.
std::optional<std::string> shown_digits(std::string_view body) {
  if (body.size() < kInvisibleBytes) return std::nullopt;
  const std::string_view text = body.substr(0, body.size() - kInvisibleBytes);
  std::string digits;
  for (std::size_t at = text.size(); at < body.size(); at += 6) {
    unsigned value = 0;
    for (const std::size_t half : {at, at + 3}) {
      const auto found = std::find(kInvisible.begin(), kInvisible.end(), body.substr(half, 3));
      if (found == kInvisible.end()) return std::nullopt;
      value = value << 2 | static_cast<unsigned>(found - kInvisible.begin());
    }
    digits.push_back("0123456789abcdef"[value]);
  }
  std::string expected = digits.substr(0, kStampBytes - kChecksumDigits);
  const std::uint64_t sum = checksum(std::string(text) + expected);
  const std::uint64_t bare = checksum(expected);
  std::string told = expected;
  put_hex(told, sum, kChecksumDigits);
  if (told != digits) return std::nullopt;
  put_hex(expected, bare, kChecksumDigits);
  return expected;
}

}  // namespace

std::string stamped_body(const Stamp& stamp, std::size_t bytes, std::string_view extra) {
  std::string body;
  body.reserve(bytes < kStampBytes ? kStampBytes : bytes);
  put_hex(body, stamp.run, 8);
  put_hex(body, stamp.room.value, 16);
  put_hex(body, stamp.device.value, 16);
  put_hex(body, stamp.number, 8);
  put_hex(body, static_cast<std::uint64_t>(stamp.intended_ns), 16);
  body += extra;
  while (body.size() + kChecksumDigits < bytes) body.push_back(static_cast<char>('a' + body.size() % 26));
  const std::uint64_t sum = checksum(body);
  put_hex(body, sum, kChecksumDigits);
  return body;
}

std::string stamped_text(const Stamp& stamp, std::string_view text) {
  std::string digits = stamped_body(stamp, 0);
  digits.resize(kStampBytes - kChecksumDigits);
  put_hex(digits, checksum(std::string(text) + digits), kChecksumDigits);
  std::string body(text);
  for (const char c : digits) {
    const int value = c <= '9' ? c - '0' : c - 'a' + 10;
    body += kInvisible[static_cast<std::size_t>(value >> 2)];
    body += kInvisible[static_cast<std::size_t>(value & 3)];
  }
  return body;
}

std::optional<Stamp> read_stamp(std::string_view body) {
  if (const auto shown = shown_digits(body)) return read_stamp(*shown);
  if (body.size() < kStampBytes) return std::nullopt;
  std::string_view tail = body.substr(body.size() - kChecksumDigits);
  std::uint64_t sum = 0;
  if (!take_hex(tail, kChecksumDigits, sum)) return std::nullopt;
  body.remove_suffix(kChecksumDigits);
  if (sum != checksum(body)) return std::nullopt;
  std::uint64_t run = 0;
  std::uint64_t room = 0;
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  std::uint64_t intended = 0;
  if (!take_hex(body, 8, run) || !take_hex(body, 16, room) || !take_hex(body, 16, device) ||
      !take_hex(body, 8, number) || !take_hex(body, 16, intended)) {
    return std::nullopt;
  }
  return Stamp{.run = static_cast<std::uint32_t>(run),
               .room = RoomId(room),
               .device = DeviceId(device),
               .number = static_cast<std::uint32_t>(number),
               .intended_ns = static_cast<std::int64_t>(intended)};
}

}  // namespace starling::check
