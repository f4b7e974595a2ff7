#include "common/wire/decode_fields.h"
#include "common/wire/limits.h"

namespace starling::wire {
namespace {

Welcome read(FieldReader& f, const pb::Welcome& in) {
  return Welcome{.version = in.version(),
                 .user = f.named<UserId>(in.user()),
                 .device = f.named<DeviceId>(in.device()),
                 .boot = in.boot(),
                 .now = wall_from_ms(in.now_ms()),
                 .ticket = f.opaque(in.ticket(), limits::kTokenBytesMax),
                 .ticket_expires = wall_from_ms(in.ticket_expires_ms()),
                 .rooms_version = in.rooms_version()};
}

RoomInfo read(FieldReader& f, const pb::RoomInfo& in) {
  return RoomInfo{.room = f.named<RoomId>(in.room()),
                  .kind = f.room_kind(in.kind()),
                  .role = f.role(in.role()),
                  .title = f.text(in.title(), limits::kTitleBytesMax)};
}

RoomList read(FieldReader& f, const pb::RoomList& in) {
  RoomList out{.rooms_version = in.rooms_version(), .more = in.more(), .rooms = {}};
  out.rooms.reserve(static_cast<std::size_t>(in.rooms_size()));
  for (const pb::RoomInfo& room : in.rooms()) out.rooms.push_back(read(f, room));
  return out;
}

RoomChanged read(FieldReader& f, const pb::RoomChanged& in) {
  return RoomChanged{.rooms_version = in.rooms_version(), .info = read(f, in.info())};
}

SyncStatus sync_status(FieldReader& f, std::uint32_t v) { return f.enumerator(v, SyncStatus::Live, SyncStatus::Off); }

SyncedRoom read(FieldReader& f, const pb::SyncedRoom& in) {
  const SyncStatus status = sync_status(f, in.status());
  return SyncedRoom{.room = f.named<RoomId>(in.room()),
                    .status = status,
                    .reason = f.enumerator(in.reason(), ResetReason::None, ResetReason::Diverged),
                    .epoch = Epoch(in.epoch()),
                    .head = Seq(in.head()),
                    .head_msg_no = in.head_msg_no(),
                    .min_seq = Seq(in.min_seq()),
                    .start = f.cursor(in.start()),
                    .next_cseq = Cseq(in.next_cseq()),
                    .read_seq = Seq(in.read_seq()),
                    .read_msg_no = in.read_msg_no(),
                    .retry_after_ms = f.retry_after_ms(status == SyncStatus::Unavailable, in.retry_after_ms())};
}

Synced read(FieldReader& f, const pb::Synced& in) {
  Synced out;
  f.require_at_most(static_cast<std::size_t>(in.rooms_size()), limits::kSyncRoomsMax);
  if (!f.ok()) return out;
  out.rooms.reserve(static_cast<std::size_t>(in.rooms_size()));
  for (const pb::SyncedRoom& room : in.rooms()) out.rooms.push_back(read(f, room));
  return out;
}

Event read(FieldReader& f, const pb::Event& in) { return f.event(in); }

Head read(FieldReader& f, const pb::Head& in) {
  return Head{
      .room = f.named<RoomId>(in.room()), .epoch = Epoch(in.epoch()), .seq = Seq(in.seq()), .msg_no = in.msg_no()};
}

SendResult read(FieldReader& f, const pb::SendResult& in) {
  const auto status = f.enumerator(in.status(), SendStatus::Accepted, SendStatus::TooManyRooms);
  SendResult out{.room = f.named<RoomId>(in.room()),
                 .cseq = f.named<Cseq>(in.cseq()),
                 .client_msg_id = ClientMsgId(in.client_msg_id()),
                 .status = status,
                 .epoch = Epoch(in.epoch()),
                 .seq = Seq(in.seq()),
                 .ts = wall_from_ms(in.ts_ms()),
                 .expected = Cseq(in.expected()),
                 .retry_after_ms = f.retry_after_ms(status == SendStatus::Busy, in.retry_after_ms())};
  f.require(out.status != SendStatus::OutOfOrder || out.expected, DecodeError::BadValue);
  return out;
}

HistoryPage read(FieldReader& f, const pb::HistoryPage& in) {
  HistoryPage out;
  out.request_id = in.request_id();
  out.room = f.named<RoomId>(in.room());
  out.status = sync_status(f, in.status());
  out.retry_after_ms = f.retry_after_ms(out.status == SyncStatus::Unavailable, in.retry_after_ms());
  out.epoch = Epoch(in.epoch());
  out.hash_before = PrefixHash(in.hash_before());
  out.as_of = Seq(in.as_of());
  out.min_seq = Seq(in.min_seq());
  out.head = Seq(in.head());
  f.require_at_most(static_cast<std::size_t>(in.events_size()), limits::kPageEventsMax);
  if (!f.ok()) return out;
  out.events.reserve(static_cast<std::size_t>(in.events_size()));
  for (const pb::Event& event : in.events()) out.events.push_back(f.event(event));
  out.related.reserve(static_cast<std::size_t>(in.related_size()));
  for (const pb::Event& event : in.related()) out.related.push_back(f.event(event));
  return out;
}

ReadMarked read(FieldReader& f, const pb::ReadMarked& in) {
  return ReadMarked{.room = f.named<RoomId>(in.room()), .seq = Seq(in.seq()), .msg_no = in.msg_no()};
}

TypingNotice read(FieldReader& f, const pb::TypingNotice& in) {
  return TypingNotice{.room = f.named<RoomId>(in.room()), .user = f.named<UserId>(in.user())};
}

RoomCreated read(FieldReader& f, const pb::RoomCreated& in) {
  const auto status = f.enumerator(in.status(), CreateStatus::Created, CreateStatus::TooManyRooms);
  RoomCreated out{.request_id = in.request_id(),
                  .status = status,
                  .room = RoomId(in.room()),
                  .retry_after_ms = f.retry_after_ms(status == CreateStatus::Busy, in.retry_after_ms())};
  const bool has_room = out.status == CreateStatus::Created || out.status == CreateStatus::Existed;
  f.require(!has_room || out.room, DecodeError::BadValue);
  return out;
}

Reconnect read(FieldReader& f, const pb::Reconnect& in) {
  return Reconnect{
      .after_ms = in.after_ms(), .node = in.node(), .reason = f.text(in.reason(), limits::kReasonBytesMax)};
}

Error read(FieldReader& f, const pb::Error& in) {
  const auto code = f.enumerator(in.code(), ErrorCode::BadFrame, ErrorCode::Busy);
  return Error{.code = code,
               .message = f.text(in.message(), limits::kReasonBytesMax),
               .room = RoomId(in.room()),
               .retry_after_ms = f.retry_after_ms(code == ErrorCode::Busy, in.retry_after_ms())};
}

RoomJoined read(FieldReader& f, const pb::RoomJoined& in) {
  const auto status = f.enumerator(in.status(), JoinStatus::Joined, JoinStatus::TooManyRooms);
  return RoomJoined{.request_id = in.request_id(),
                    .room = f.named<RoomId>(in.room()),
                    .status = status,
                    .retry_after_ms = f.retry_after_ms(status == JoinStatus::Busy, in.retry_after_ms())};
}

Items read(FieldReader& f, const pb::Items& in) {
  Items out{.prev = in.prev(), .version = in.version(), .more = in.more(), .items = {}};
  f.require_at_most(static_cast<std::size_t>(in.items_size()), limits::kItemsMax);
  if (!f.ok()) return out;
  out.items.reserve(static_cast<std::size_t>(in.items_size()));
  for (const pb::Item& item : in.items()) out.items.push_back(f.item(item));
  return out;
}

ItemPut read(FieldReader& f, const pb::ItemPut& in) {
  const auto status = f.enumerator(in.status(), PutStatus::Put, PutStatus::Busy);
  return ItemPut{.request_id = in.request_id(),
                 .status = status,
                 .item = f.item(in.item()),
                 .retry_after_ms = f.retry_after_ms(status == PutStatus::Busy, in.retry_after_ms())};
}

PresenceChanged read(FieldReader& f, const pb::PresenceChanged& in) {
  PresenceChanged out;
  f.require_at_most(static_cast<std::size_t>(in.users_size()), limits::kWatchUsersMax);
  if (!f.ok()) return out;
  out.users.reserve(static_cast<std::size_t>(in.users_size()));
  for (const pb::UserPresence& user : in.users()) {
    out.users.push_back(UserPresence{.user = f.named<UserId>(user.user()),
                                     .state = f.enumerator(user.state(), PresenceState::Offline, PresenceState::Online),
                                     .last_seen = wall_from_ms(user.last_seen_ms())});
  }
  return out;
}

Receipts read(FieldReader& f, const pb::Receipts& in) {
  Receipts out;
  out.room = f.named<RoomId>(in.room());
  out.counted_from = Seq(in.counted_from());
  f.require_at_most(static_cast<std::size_t>(in.members_size()), limits::kReceiptMembersMax);
  f.require_at_most(static_cast<std::size_t>(in.delivered_counts_size()), limits::kReceiptCountsMax);
  f.require_at_most(static_cast<std::size_t>(in.read_counts_size()), limits::kReceiptCountsMax);
  if (!f.ok()) return out;
  out.members.reserve(static_cast<std::size_t>(in.members_size()));
  for (const pb::MemberReceipt& member : in.members()) {
    out.members.push_back(MemberReceipt{
        .user = f.named<UserId>(member.user()), .delivered = Seq(member.delivered()), .read = Seq(member.read())});
  }
  out.delivered_counts.assign(in.delivered_counts().begin(), in.delivered_counts().end());
  out.read_counts.assign(in.read_counts().begin(), in.read_counts().end());
  return out;
}

template <class Message>
Result<ServerFrame, DecodeError> checked(const Message& in) {
  FieldReader f;
  ServerFrame out = read(f, in);
  if (!f.ok()) return fail(f.error());
  return out;
}

}  // namespace

Result<ServerFrame, DecodeError> to_struct(const pb::ServerFrame& in) {
  using Frame = pb::ServerFrame;
  switch (in.frame_case()) {
    case Frame::kWelcome:
      return checked(in.welcome());
    case Frame::kRoomList:
      return checked(in.room_list());
    case Frame::kRoomChanged:
      return checked(in.room_changed());
    case Frame::kSynced:
      return checked(in.synced());
    case Frame::kEvent:
      return checked(in.event());
    case Frame::kHead:
      return checked(in.head());
    case Frame::kSendResult:
      return checked(in.send_result());
    case Frame::kHistoryPage:
      return checked(in.history_page());
    case Frame::kReadMarked:
      return checked(in.read_marked());
    case Frame::kTypingNotice:
      return checked(in.typing_notice());
    case Frame::kRoomCreated:
      return checked(in.room_created());
    case Frame::kReconnect:
      return checked(in.reconnect());
    case Frame::kError:
      return checked(in.error());
    case Frame::kRoomJoined:
      return checked(in.room_joined());
    case Frame::kItems:
      return checked(in.items());
    case Frame::kItemPut:
      return checked(in.item_put());
    case Frame::kPresenceChanged:
      return checked(in.presence_changed());
    case Frame::kReceipts:
      return checked(in.receipts());
    case Frame::FRAME_NOT_SET:
      break;
  }
  if (!holds_unknown_fields(in)) return fail(DecodeError::Malformed);
  return fail(in.optional() ? DecodeError::Ignorable : DecodeError::UnknownFrame);
}

}  // namespace starling::wire
