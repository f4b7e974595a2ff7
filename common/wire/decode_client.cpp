#include "common/wire/decode_fields.h"
#include "common/wire/limits.h"

namespace starling::wire {
namespace {

Hello read(FieldReader& f, const pb::Hello& in) {
  return Hello{.version = in.version(),
               .token = f.opaque(in.token(), limits::kTokenBytesMax),
               .rooms_version = in.rooms_version(),
               .agent = f.text(in.agent(), limits::kAgentBytesMax),
               .items_version = in.items_version()};
}

Sync read(FieldReader& f, const pb::Sync& in) {
  Sync out;
  f.require_at_most(static_cast<std::size_t>(in.rooms_size()), limits::kSyncRoomsMax);
  if (!f.ok()) return out;
  out.rooms.reserve(static_cast<std::size_t>(in.rooms_size()));
  for (const pb::SyncRoom& room : in.rooms()) {
    out.rooms.push_back(SyncRoom{.room = f.named<RoomId>(room.room()),
                                 .cursor = f.cursor(room.cursor()),
                                 .floor = Seq(room.floor()),
                                 .mode = f.enumerator(room.mode(), SyncMode::Full, SyncMode::Off)});
  }
  return out;
}

Send read(FieldReader& f, const pb::Send& in) {
  Send out;
  out.room = f.named<RoomId>(in.room());
  out.epoch = Epoch(in.epoch());
  out.cseq = f.named<Cseq>(in.cseq());
  out.client_msg_id = ClientMsgId(in.client_msg_id());
  out.kind = f.event_kind(in.kind());
  out.target = Seq(in.target());
  out.thread = Seq(in.thread());
  out.subject = UserId(in.subject());
  out.role = f.role(in.role());
  out.renumbered = in.renumbered();
  out.body = f.body(in.body(), out.kind);
  // A renumbered send is found by this name, and zero names nothing.
  f.require(!out.renumbered || out.client_msg_id, DecodeError::BadValue);
  return out;
}

HistoryRequest read(FieldReader& f, const pb::HistoryRequest& in) {
  f.require(in.limit() != 0, DecodeError::BadValue);
  f.require_at_most(in.limit(), limits::kPageEventsMax);
  return HistoryRequest{.request_id = in.request_id(),
                        .room = f.named<RoomId>(in.room()),
                        .from = Seq(in.from()),
                        .backward = in.backward(),
                        .limit = in.limit(),
                        .floor = Seq(in.floor())};
}

Delivered read(FieldReader& f, const pb::Delivered& in) {
  Delivered out;
  f.require_at_most(static_cast<std::size_t>(in.rooms_size()), limits::kDeliveredMax);
  if (!f.ok()) return out;
  out.rooms.reserve(static_cast<std::size_t>(in.rooms_size()));
  for (const pb::RoomSeq& room : in.rooms()) {
    out.rooms.push_back(RoomSeq{.room = f.named<RoomId>(room.room()), .seq = Seq(room.seq())});
  }
  return out;
}

ReadMark read(FieldReader& f, const pb::ReadMark& in) {
  return ReadMark{.room = f.named<RoomId>(in.room()), .seq = Seq(in.seq()), .msg_no = in.msg_no()};
}

Typing read(FieldReader& f, const pb::Typing& in) { return Typing{.room = f.named<RoomId>(in.room())}; }

CreateRoom read(FieldReader& f, const pb::CreateRoom& in) {
  CreateRoom out;
  out.request_id = in.request_id();
  out.kind = f.room_kind(in.kind());
  out.title = f.text(in.title(), limits::kTitleBytesMax);
  f.require_at_most(static_cast<std::size_t>(in.members_size()), limits::kCreateMembersMax);
  if (!f.ok()) return out;
  out.members.reserve(static_cast<std::size_t>(in.members_size()));
  for (const std::uint64_t member : in.members()) out.members.push_back(f.named<UserId>(member));
  return out;
}

JoinRoom read(FieldReader& f, const pb::JoinRoom& in) {
  return JoinRoom{.request_id = in.request_id(), .room = f.named<RoomId>(in.room()), .decline = in.decline()};
}

PutItem read(FieldReader& f, const pb::PutItem& in) {
  return PutItem{.request_id = in.request_id(),
                 .kind = f.item_kind(in.kind()),
                 .key = f.text(in.key(), limits::kItemKeyBytesMax),
                 .value = f.opaque(in.value(), limits::kItemValueBytesMax),
                 .base = in.base()};
}

ReadItems read(FieldReader&, const pb::ReadItems& in) { return ReadItems{.after = in.after()}; }

Watch read(FieldReader& f, const pb::Watch& in) {
  Watch out{.room = f.named<RoomId>(in.room()), .users = {}, .receipts = in.receipts()};
  f.require_at_most(static_cast<std::size_t>(in.users_size()), limits::kWatchUsersMax);
  if (!f.ok()) return out;
  out.users.reserve(static_cast<std::size_t>(in.users_size()));
  for (const std::uint64_t user : in.users()) out.users.push_back(f.named<UserId>(user));
  return out;
}

SetPresence read(FieldReader&, const pb::SetPresence& in) { return SetPresence{.away = in.away()}; }

template <class Message>
Result<ClientFrame, DecodeError> checked(const Message& in) {
  FieldReader f;
  ClientFrame out = read(f, in);
  if (!f.ok()) return fail(f.error());
  return out;
}

}  // namespace

Result<ClientFrame, DecodeError> to_struct(const pb::ClientFrame& in) {
  using Frame = pb::ClientFrame;
  switch (in.frame_case()) {
    case Frame::kHello:
      return checked(in.hello());
    case Frame::kSync:
      return checked(in.sync());
    case Frame::kSend:
      return checked(in.send());
    case Frame::kHistoryRequest:
      return checked(in.history_request());
    case Frame::kDelivered:
      return checked(in.delivered());
    case Frame::kReadMark:
      return checked(in.read_mark());
    case Frame::kTyping:
      return checked(in.typing());
    case Frame::kCreateRoom:
      return checked(in.create_room());
    case Frame::kJoinRoom:
      return checked(in.join_room());
    case Frame::kPutItem:
      return checked(in.put_item());
    case Frame::kReadItems:
      return checked(in.read_items());
    case Frame::kWatch:
      return checked(in.watch());
    case Frame::kSetPresence:
      return checked(in.set_presence());
    case Frame::FRAME_NOT_SET:
      break;
  }
  if (!holds_unknown_fields(in)) return fail(DecodeError::Malformed);
  return fail(in.optional() ? DecodeError::Ignorable : DecodeError::UnknownFrame);
}

}  // namespace starling::wire
