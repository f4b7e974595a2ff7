#include "common/wire/plain_event.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "common/wire/body.h"
#include "common/wire/limits.h"

namespace starling::wire {
namespace {

static_assert(std::endian::native == std::endian::little, "fixed64 is copied as it is");

enum WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2 };
constexpr std::uint8_t tag(std::uint8_t field, WireType type) { return static_cast<std::uint8_t>(field << 3 | type); }

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == end_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  std::uint8_t byte() {
    if (at_end()) return fail();
    return static_cast<std::uint8_t>(*at_++);
  }
  /// Takes the tag when it is the next one.
  bool take(std::uint8_t expected) {
    if (at_end() || static_cast<std::uint8_t>(*at_) != expected) return false;
    ++at_;
    return true;
  }
  /// Up to 63 bits; longer ones are for the general decoder.
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      const std::uint8_t b = byte();
      value |= static_cast<std::uint64_t>(b & 0x7F) << shift;
      if (b < 0x80) return value;
    }
    return fail();
  }
  std::uint32_t varint32() {
    const std::uint64_t value = varint();
    return value <= UINT32_MAX ? static_cast<std::uint32_t>(value) : fail();
  }
  std::uint64_t fixed64() {
    std::uint64_t value = 0;
    if (left() < sizeof(value)) return fail();
    std::memcpy(&value, at_, sizeof(value));
    at_ += sizeof(value);
    return value;
  }
  std::string_view bytes(std::size_t max) {
    const std::uint64_t size = varint();
    if (!ok_ || size > left() || size > max) return fail(), std::string_view();
    const std::string_view view(reinterpret_cast<const char*>(at_), size);
    at_ += size;
    return view;
  }

 private:
  std::uint8_t fail() {
    ok_ = false;
    at_ = end_;
    return 0;
  }

  const std::byte* at_;
  const std::byte* end_;
  bool ok_ = true;
};

}  // namespace

std::optional<Event> decode_plain_event(std::span<const std::byte> bytes) {
  Reader in(bytes);
  constexpr std::uint8_t kEventField = 6;  // of ServerFrame
  if (!in.take(tag(kEventField, kBytes))) return std::nullopt;
  const std::uint64_t size = in.varint();
  if (size != in.left()) return std::nullopt;

  std::optional<Event> out(std::in_place);
  Event& e = *out;
  std::uint32_t kind = 0;
  std::uint32_t role = 0;
  std::string_view body;
  if (in.take(tag(1, kFixed64))) e.room = RoomId(in.fixed64());
  if (in.take(tag(2, kVarint))) e.epoch = Epoch(in.varint32());
  if (in.take(tag(3, kVarint))) e.seq = Seq(in.varint());
  if (in.take(tag(4, kVarint))) kind = in.varint32();
  if (in.take(tag(5, kFixed64))) e.sender = UserId(in.fixed64());
  if (in.take(tag(6, kFixed64))) e.device = DeviceId(in.fixed64());
  if (in.take(tag(7, kVarint))) e.cseq = Cseq(in.varint32());
  if (in.take(tag(8, kFixed64))) e.client_msg_id = ClientMsgId(in.fixed64());
  if (in.take(tag(9, kVarint))) e.ts = wall_from_ms(static_cast<std::int64_t>(in.varint()));
  if (in.take(tag(10, kVarint))) e.msg_no = in.varint();
  if (in.take(tag(11, kVarint))) e.target = Seq(in.varint());
  if (in.take(tag(12, kFixed64))) e.subject = UserId(in.fixed64());
  if (in.take(tag(13, kVarint))) role = in.varint32();
  if (in.take(tag(14, kBytes))) body = in.bytes(limits::kBodyBytesMax);
  if (!in.ok() || !in.at_end() || !e.room || !e.seq || role > static_cast<std::uint32_t>(Role::Owner)) {
    return std::nullopt;
  }
  e.kind = static_cast<EventKind>(kind <= UINT8_MAX ? kind : 0);
  e.role = static_cast<Role>(role);
  if (e.kind < EventKind::Message || e.kind > kLastEventKind || !check_body(e.kind, body)) return std::nullopt;
  e.body = body;
  return out;
}

}  // namespace starling::wire
