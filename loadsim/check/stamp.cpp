#include "loadsim/check/stamp.h"

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

std::optional<Stamp> read_stamp(std::string_view body) {
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
