#include "common/wire/decode_fields.h"

#include "common/wire/body.h"
#include "common/wire/limits.h"
#include "common/wire/utf8.h"

namespace starling::wire {

std::string FieldReader::opaque(const std::string& value, std::size_t bytes_max) {
  require_at_most(value.size(), bytes_max);
  return ok() ? value : std::string();
}

std::string FieldReader::text(const std::string& value, std::size_t bytes_max) {
  require_at_most(value.size(), bytes_max);
  if (ok()) require(is_utf8(value), DecodeError::BadValue);
  return ok() ? value : std::string();
}

std::string FieldReader::body(const std::string& value, EventKind kind) {
  if (const auto checked = check_body(kind, value); !checked) {
    require(false, checked.error() == BodyError::TooLarge ? DecodeError::OverLimit : DecodeError::BadValue);
  }
  return ok() ? value : std::string();
}

Cursor FieldReader::cursor(const pb::Cursor& in) {
  return Cursor{.epoch = Epoch(in.epoch()), .seq = Seq(in.seq()), .hash = PrefixHash(in.hash())};
}

Event FieldReader::event(const pb::Event& in) {
  Event out;
  out.room = named<RoomId>(in.room());
  out.epoch = Epoch(in.epoch());
  out.seq = named<Seq>(in.seq());
  out.kind = event_kind(in.kind());
  out.sender = UserId(in.sender());
  out.device = DeviceId(in.device());
  out.cseq = Cseq(in.cseq());
  out.client_msg_id = ClientMsgId(in.client_msg_id());
  out.ts = wall_from_ms(in.ts_ms());
  out.msg_no = in.msg_no();
  out.target = Seq(in.target());
  out.thread = Seq(in.thread());
  out.subject = UserId(in.subject());
  out.role = role(in.role());
  out.erased_hash = in.erased_hash();
  if (out.erased_hash == 0) out.body = body(in.body(), out.kind);
  require(out.erased_hash == 0 || in.body().empty(), DecodeError::BadValue);
  return out;
}

Item FieldReader::item(const pb::Item& in) {
  return Item{.kind = item_kind(in.kind()),
              .key = text(in.key(), limits::kItemKeyBytesMax),
              .value = opaque(in.value(), limits::kItemValueBytesMax),
              .version = in.version()};
}

}  // namespace starling::wire
