#include "common/wire/decode_fields.h"

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
  switch (kind) {
    case EventKind::ReactionAdd:
    case EventKind::ReactionRemove:
      return text(value, limits::kEmojiBytesMax);
    case EventKind::RoomTitle:
      return text(value, limits::kTitleBytesMax);
    case EventKind::Message:
    case EventKind::Edit:
    case EventKind::Delete:
    case EventKind::MemberAdd:
    case EventKind::MemberRemove:
      break;
  }
  return opaque(value, limits::kBodyBytesMax);
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
  out.subject = UserId(in.subject());
  out.role = role(in.role());
  out.erased_hash = in.erased_hash();
  out.body = body(in.body(), out.kind);
  require(out.erased_hash == 0 || out.body.empty(), DecodeError::BadValue);
  return out;
}

}  // namespace starling::wire
