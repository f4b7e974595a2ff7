#include "tests/unit/wire/random_frames.h"

#include <algorithm>

#include "common/wire/limits.h"

namespace starling::wire::testing {
namespace {

/// Small values and huge ones alike, zero too: varints of every length.
std::uint64_t number(Rng& rng) { return rng.next() >> rng.below(64); }
std::uint32_t number32(Rng& rng) { return static_cast<std::uint32_t>(rng.next()) >> rng.below(32); }
std::uint64_t id(Rng& rng) { return rng.next() | 1; }
bool coin(Rng& rng) { return rng.chance(1, 2); }

template <class E>
E pick(Rng& rng, E first, E last) {
  const auto low = static_cast<std::uint64_t>(first);
  return static_cast<E>(low + rng.below(static_cast<std::uint64_t>(last) - low + 1));
}

std::string opaque(Rng& rng, std::size_t max) {
  std::string s(rng.chance(1, 8) ? max : rng.below(std::min<std::size_t>(max, 40) + 1), '\0');
  for (char& c : s) c = static_cast<char>(rng.below(256));
  return s;
}
std::string text(Rng& rng, std::size_t max) {
  static constexpr std::string_view kLetters[] = {"a", "\n", "ß", "ツ", "🦜"};
  std::string s;
  const std::size_t size = rng.chance(1, 8) ? max : rng.below(40);
  while (s.size() + 4 <= size) s += kLetters[rng.below(5)];
  return s;
}
std::string body(Rng& rng, EventKind kind) {
  switch (kind) {
    case EventKind::ReactionAdd:
    case EventKind::ReactionRemove:
      return text(rng, limits::kEmojiBytesMax);
    case EventKind::RoomTitle:
      return text(rng, limits::kTitleBytesMax);
    case EventKind::RoomTopic:
      return text(rng, limits::kTopicBytesMax);
    case EventKind::RoomVisibility:
      return std::string(coin(rng) ? kPublic : kPrivate);
    case EventKind::RoomHistory:
      return std::string(coin(rng) ? kHistoryAll : kHistoryJoined);
    default:
      return opaque(rng, 300);
  }
}
Cursor cursor(Rng& rng) {
  if (coin(rng)) return {};
  return {.epoch = Epoch(number32(rng)), .seq = Seq(number(rng)), .hash = PrefixHash(rng.next())};
}
EventKind kind(Rng& rng) { return pick(rng, EventKind::Message, kLastEventKind); }
Role role(Rng& rng) { return pick(rng, Role::None, Role::Owner); }
WallTime wall(Rng& rng) { return wall_from_ms(static_cast<std::int64_t>(number(rng))); }

Event event(Rng& rng) {
  Event e{.room = RoomId(id(rng)),
          .epoch = Epoch(number32(rng)),
          .seq = Seq(number(rng) | 1),
          .kind = kind(rng),
          .sender = UserId(rng.next()),
          .device = DeviceId(rng.next()),
          .cseq = Cseq(number32(rng)),
          .client_msg_id = ClientMsgId(rng.next()),
          .ts = wall(rng),
          .msg_no = number(rng),
          .target = Seq(number(rng)),
          .thread = Seq(coin(rng) ? number(rng) : 0),
          .subject = UserId(rng.next()),
          .role = role(rng),
          .body = {}};
  if (rng.chance(1, 4)) {
    e.erased_hash = id(rng);
  } else {
    e.body = body(rng, e.kind);
  }
  return e;
}
ItemKind item_kind(Rng& rng) { return pick(rng, ItemKind::Invitation, ItemKind::Setting); }
Item item(Rng& rng) {
  return {.kind = item_kind(rng),
          .key = text(rng, limits::kItemKeyBytesMax),
          .value = opaque(rng, 300),
          .version = number(rng)};
}
RoomInfo room_info(Rng& rng) {
  return {.room = RoomId(id(rng)),
          .kind = pick(rng, RoomKind::Group, RoomKind::Direct),
          .role = role(rng),
          .title = text(rng, limits::kTitleBytesMax)};
}

}  // namespace

ClientFrame random_client_frame(Rng& rng, std::size_t index) {
  switch (index) {
    case 0:
      return Hello{.version = number32(rng),
                   .token = opaque(rng, limits::kTokenBytesMax),
                   .rooms_version = number(rng),
                   .agent = text(rng, limits::kAgentBytesMax),
                   .items_version = number(rng)};
    case 1: {
      Sync sync;
      for (std::uint64_t n = rng.below(20); n > 0; --n) {
        sync.rooms.push_back({.room = RoomId(id(rng)),
                              .cursor = cursor(rng),
                              .floor = Seq(number(rng)),
                              .mode = pick(rng, SyncMode::Full, SyncMode::Off)});
      }
      return sync;
    }
    case 2: {
      Send send{.room = RoomId(id(rng)),
                .epoch = Epoch(number32(rng)),
                .cseq = Cseq(number32(rng) | 1),
                .client_msg_id = ClientMsgId(id(rng)),
                .kind = kind(rng),
                .target = Seq(number(rng)),
                .thread = Seq(coin(rng) ? number(rng) : 0),
                .subject = UserId(rng.next()),
                .role = role(rng),
                .renumbered = coin(rng),
                .body = {}};
      send.body = body(rng, send.kind);
      return send;
    }
    case 3:
      return HistoryRequest{.request_id = number32(rng),
                            .room = RoomId(id(rng)),
                            .from = Seq(number(rng)),
                            .backward = coin(rng),
                            .limit = static_cast<std::uint32_t>(1 + rng.below(limits::kPageEventsMax)),
                            .floor = Seq(number(rng))};
    case 4: {
      Delivered delivered;
      for (std::uint64_t n = rng.below(20); n > 0; --n) {
        delivered.rooms.push_back({.room = RoomId(id(rng)), .seq = Seq(number(rng))});
      }
      return delivered;
    }
    case 5:
      return ReadMark{.room = RoomId(id(rng)), .seq = Seq(number(rng)), .msg_no = number(rng)};
    case 6:
      return Typing{.room = RoomId(id(rng))};
    case 8:
      return JoinRoom{.request_id = rng.next(), .room = RoomId(id(rng)), .decline = coin(rng)};
    case 9:
      return PutItem{.request_id = rng.next(),
                     .kind = item_kind(rng),
                     .key = text(rng, limits::kItemKeyBytesMax),
                     .value = opaque(rng, 300),
                     .base = number(rng)};
    case 10:
      return ReadItems{.after = number(rng)};
    case 11: {
      Watch watch{.room = RoomId(id(rng)), .users = {}, .receipts = coin(rng)};
      for (std::uint64_t n = rng.below(20); n > 0; --n) watch.users.push_back(UserId(id(rng)));
      return watch;
    }
    case 12:
      return SetPresence{.away = coin(rng)};
    default: {
      CreateRoom create{.request_id = rng.next(),
                        .kind = pick(rng, RoomKind::Group, RoomKind::Direct),
                        .title = text(rng, limits::kTitleBytesMax),
                        .members = {}};
      for (std::uint64_t n = rng.below(20); n > 0; --n) create.members.push_back(UserId(id(rng)));
      return create;
    }
  }
}

ServerFrame random_server_frame(Rng& rng, std::size_t index) {
  switch (index) {
    case 0:
      return Welcome{.version = number32(rng),
                     .user = UserId(id(rng)),
                     .device = DeviceId(id(rng)),
                     .boot = rng.next(),
                     .now = wall(rng),
                     .ticket = opaque(rng, limits::kTokenBytesMax),
                     .ticket_expires = wall(rng),
                     .rooms_version = number(rng)};
    case 1: {
      RoomList list{.rooms_version = number(rng), .more = coin(rng), .rooms = {}};
      for (std::uint64_t n = rng.below(20); n > 0; --n) list.rooms.push_back(room_info(rng));
      return list;
    }
    case 2:
      return RoomChanged{.rooms_version = number(rng), .info = room_info(rng)};
    case 3: {
      Synced synced;
      for (std::uint64_t n = rng.below(20); n > 0; --n) {
        synced.rooms.push_back({.room = RoomId(id(rng)),
                                .status = pick(rng, SyncStatus::Live, SyncStatus::Off),
                                .reason = pick(rng, ResetReason::None, ResetReason::Diverged),
                                .epoch = Epoch(number32(rng)),
                                .head = Seq(number(rng)),
                                .head_msg_no = number(rng),
                                .min_seq = Seq(number(rng)),
                                .start = cursor(rng),
                                .next_cseq = Cseq(number32(rng)),
                                .read_seq = Seq(number(rng)),
                                .read_msg_no = number(rng),
                                .retry_after_ms = number32(rng) | 1});
      }
      return synced;
    }
    case 4:
      return event(rng);
    case 5:
      return Head{
          .room = RoomId(id(rng)), .epoch = Epoch(number32(rng)), .seq = Seq(number(rng)), .msg_no = number(rng)};
    case 6:
      return SendResult{.room = RoomId(id(rng)),
                        .cseq = Cseq(number32(rng) | 1),
                        .client_msg_id = ClientMsgId(number(rng)),
                        .status = pick(rng, SendStatus::Accepted, SendStatus::TooManyRooms),
                        .epoch = Epoch(number32(rng)),
                        .seq = Seq(number(rng)),
                        .ts = wall(rng),
                        .expected = Cseq(number32(rng) | 1),
                        .retry_after_ms = number32(rng) | 1};
    case 7: {
      HistoryPage page{.request_id = number32(rng),
                       .room = RoomId(id(rng)),
                       .status = pick(rng, SyncStatus::Live, SyncStatus::Off),
                       .retry_after_ms = number32(rng) | 1,
                       .epoch = Epoch(number32(rng)),
                       .hash_before = PrefixHash(rng.next()),
                       .events = {},
                       .related = {},
                       .as_of = Seq(number(rng)),
                       .min_seq = Seq(number(rng)),
                       .head = Seq(number(rng))};
      for (std::uint64_t n = rng.below(10); n > 0; --n) page.events.push_back(event(rng));
      for (std::uint64_t n = rng.below(10); n > 0; --n) page.related.push_back(event(rng));
      return page;
    }
    case 8:
      return ReadMarked{.room = RoomId(id(rng)), .seq = Seq(number(rng)), .msg_no = number(rng)};
    case 9:
      return TypingNotice{.room = RoomId(id(rng)), .user = UserId(id(rng))};
    case 10:
      return RoomCreated{.request_id = rng.next(),
                         .status = pick(rng, CreateStatus::Created, CreateStatus::TooManyRooms),
                         .room = RoomId(id(rng)),
                         .retry_after_ms = number32(rng) | 1};
    case 13:
      return RoomJoined{.request_id = rng.next(),
                        .room = RoomId(id(rng)),
                        .status = pick(rng, JoinStatus::Joined, JoinStatus::TooManyRooms),
                        .retry_after_ms = number32(rng) | 1};
    case 14: {
      Items items{.prev = number(rng), .version = number(rng), .more = coin(rng), .items = {}};
      for (std::uint64_t n = rng.below(10); n > 0; --n) items.items.push_back(item(rng));
      return items;
    }
    case 15:
      return ItemPut{.request_id = rng.next(),
                     .status = pick(rng, PutStatus::Put, PutStatus::Busy),
                     .item = item(rng),
                     .retry_after_ms = number32(rng) | 1};
    case 11:
      return Reconnect{.after_ms = number32(rng), .node = number32(rng), .reason = text(rng, limits::kReasonBytesMax)};
    case 16: {
      PresenceChanged changed;
      for (std::uint64_t n = rng.below(20); n > 0; --n) {
        changed.users.push_back({.user = UserId(id(rng)),
                                 .state = pick(rng, PresenceState::Offline, PresenceState::Online),
                                 .last_seen = wall(rng)});
      }
      return changed;
    }
    case 17: {
      Receipts receipts{.room = RoomId(id(rng)), .members = {}, .counted_from = Seq(number(rng))};
      for (std::uint64_t n = rng.below(20); n > 0; --n) {
        receipts.members.push_back({.user = UserId(id(rng)), .delivered = Seq(number(rng)), .read = Seq(number(rng))});
      }
      for (std::uint64_t n = rng.below(20); n > 0; --n) receipts.delivered_counts.push_back(number32(rng));
      for (std::uint64_t n = rng.below(20); n > 0; --n) receipts.read_counts.push_back(number32(rng));
      return receipts;
    }
    default:
      return Error{.code = pick(rng, ErrorCode::BadFrame, ErrorCode::Busy),
                   .message = text(rng, limits::kReasonBytesMax),
                   .room = RoomId(rng.next()),
                   .retry_after_ms = number32(rng) | 1};
  }
}

std::vector<ClientFrame> sample_client_frames() {
  return {
      Hello{.version = 1, .token = "tok\xff", .rooms_version = 300, .agent = "test/1"},
      Sync{.rooms = {{.room = RoomId(0x1122334455667788),
                      .cursor = {.epoch = Epoch(2), .seq = Seq(70000), .hash = PrefixHash(0xAABB)},
                      .floor = Seq(70001),
                      .mode = SyncMode::Heads},
                     {.room = RoomId(5), .cursor = {}, .floor = Seq(), .mode = SyncMode::Full}}},
      Send{.room = RoomId(7),
           .epoch = Epoch(1),
           .cseq = Cseq(129),
           .client_msg_id = ClientMsgId(0xC0FFEE),
           .kind = EventKind::MemberAdd,
           .target = Seq(3),
           .subject = UserId(4),
           .role = Role::Moderator,
           .renumbered = true,
           .body = std::string("hi\0!", 4)},
      HistoryRequest{
          .request_id = 9, .room = RoomId(8), .from = Seq(1000), .backward = true, .limit = 50, .floor = Seq(999)},
      Delivered{.rooms = {{.room = RoomId(8), .seq = Seq(64)}, {.room = RoomId(9), .seq = Seq(128)}}},
      ReadMark{.room = RoomId(8), .seq = Seq(60), .msg_no = 40},
      Typing{.room = RoomId(8)},
      CreateRoom{.request_id = 11, .kind = RoomKind::Direct, .title = "tîtle", .members = {UserId(2), UserId(3)}},
      JoinRoom{.request_id = 12, .room = RoomId(8), .decline = true},
      PutItem{.request_id = 13, .kind = ItemKind::Draft, .key = "8", .value = "dräft", .base = 300},
      ReadItems{.after = 300},
      Watch{.room = RoomId(8), .users = {UserId(2), UserId(3)}, .receipts = true},
      SetPresence{.away = true},
  };
}

std::vector<ServerFrame> sample_server_frames() {
  const RoomInfo info{.room = RoomId(8), .kind = RoomKind::Group, .role = Role::Owner, .title = "Röom"};
  const Event event{.room = RoomId(8),
                    .epoch = Epoch(3),
                    .seq = Seq(300),
                    .kind = EventKind::Edit,
                    .sender = UserId(1),
                    .device = DeviceId(2),
                    .cseq = Cseq(5),
                    .client_msg_id = ClientMsgId(6),
                    .ts = wall_from_ms(1'700'000'000'000),
                    .msg_no = 200,
                    .target = Seq(299),
                    .subject = UserId(10),
                    .role = Role::Admin,
                    .erased_hash = 0,
                    .body = "edited"};
  Event erased = event;
  erased.body.clear();
  erased.erased_hash = 0xE7A5ED;
  return {
      Welcome{.version = 1,
              .user = UserId(1),
              .device = DeviceId(2),
              .boot = 3,
              .now = wall_from_ms(4),
              .ticket = "ticket",
              .ticket_expires = wall_from_ms(-5),
              .rooms_version = 6},
      RoomList{.rooms_version = 6, .more = true, .rooms = {info, info}},
      RoomChanged{.rooms_version = 7, .info = info},
      Synced{.rooms = {{.room = RoomId(8),
                        .status = SyncStatus::Reset,
                        .reason = ResetReason::Epoch,
                        .epoch = Epoch(3),
                        .head = Seq(300),
                        .head_msg_no = 200,
                        .min_seq = Seq(1),
                        .start = {.epoch = Epoch(3), .seq = Seq(250), .hash = PrefixHash(77)},
                        .next_cseq = Cseq(6),
                        .read_seq = Seq(240),
                        .read_msg_no = 180,
                        .retry_after_ms = 1500}}},
      event,
      Head{.room = RoomId(8), .epoch = Epoch(3), .seq = Seq(300), .msg_no = 200},
      SendResult{.room = RoomId(8),
                 .cseq = Cseq(5),
                 .status = SendStatus::OutOfOrder,
                 .epoch = Epoch(3),
                 .seq = Seq(300),
                 .ts = wall_from_ms(1'700'000'000'000),
                 .expected = Cseq(4),
                 .retry_after_ms = 10},
      HistoryPage{.request_id = 9,
                  .room = RoomId(8),
                  .status = SyncStatus::Unavailable,
                  .retry_after_ms = 20,
                  .epoch = Epoch(3),
                  .hash_before = PrefixHash(78),
                  .events = {event},
                  .related = {erased},
                  .as_of = Seq(301),
                  .min_seq = Seq(2),
                  .head = Seq(302)},
      ReadMarked{.room = RoomId(8), .seq = Seq(60), .msg_no = 40},
      TypingNotice{.room = RoomId(8), .user = UserId(1)},
      RoomCreated{.request_id = 11, .status = CreateStatus::Existed, .room = RoomId(8), .retry_after_ms = 30},
      Reconnect{.after_ms = 3200, .node = 5, .reason = "drain"},
      Error{.code = ErrorCode::TooMany, .message = "slow down", .room = RoomId(8)},
      RoomJoined{.request_id = 12, .room = RoomId(8), .status = JoinStatus::Forbidden, .retry_after_ms = 40},
      Items{.prev = 300,
            .version = 302,
            .more = true,
            .items = {{.kind = ItemKind::Mute, .key = "8", .value = "always", .version = 302}}},
      ItemPut{.request_id = 13,
              .status = PutStatus::Conflict,
              .item = {.kind = ItemKind::Draft, .key = "8", .value = "other", .version = 301},
              .retry_after_ms = 50},
      PresenceChanged{
          .users = {{.user = UserId(2), .state = PresenceState::Offline, .last_seen = wall_from_ms(1'700'000'000'000)},
                    {.user = UserId(3), .state = PresenceState::Online, .last_seen = wall_from_ms(0)}}},
      Receipts{.room = RoomId(8),
               .members = {{.user = UserId(2), .delivered = Seq(300), .read = Seq(129)}},
               .counted_from = Seq(237),
               .delivered_counts = {900, 3},
               .read_counts = {0, 1}},
  };
}

}  // namespace starling::wire::testing
