// Each limit: at it, and one past it.
#include "common/wire/limits.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "tests/unit/wire/random_frames.h"

namespace starling::wire {
namespace {

using namespace testing;

std::optional<DecodeError> error_of(const ClientFrame& frame) {
  const auto result = decode_client(view(bytes_of(frame)));
  return result ? std::nullopt : std::optional(result.error());
}
std::optional<DecodeError> error_of(const ServerFrame& frame) {
  const auto result = decode_server(view(bytes_of(frame)));
  return result ? std::nullopt : std::optional(result.error());
}

/// `make(n)` is a frame with n of something.
template <class Make>
void expect_limit(std::size_t limit, const char* what, Make make) {
  EXPECT_EQ(error_of(make(limit)), std::nullopt) << what << " at the limit";
  EXPECT_EQ(error_of(make(limit + 1)), DecodeError::OverLimit) << what << " one past it";
}

std::string letters(std::size_t n) { return std::string(n, 'x'); }

Send send(EventKind kind, std::string body) {
  return Send{.room = RoomId(1),
              .cseq = Cseq(1),
              .client_msg_id = ClientMsgId(1),
              .kind = kind,
              .target = Seq(1),
              .body = std::move(body)};
}
Event event(EventKind kind, std::string body) {
  return Event{.room = RoomId(1), .epoch = Epoch(1), .seq = Seq(1), .kind = kind, .body = std::move(body)};
}

TEST(Limits, Bodies) {
  for (const auto& [kind, limit] :
       {std::pair(EventKind::Message, limits::kBodyBytesMax), std::pair(EventKind::Edit, limits::kBodyBytesMax),
        std::pair(EventKind::ReactionAdd, limits::kEmojiBytesMax),
        std::pair(EventKind::ReactionRemove, limits::kEmojiBytesMax),
        std::pair(EventKind::RoomTitle, limits::kTitleBytesMax),
        std::pair(EventKind::RoomTopic, limits::kTopicBytesMax)}) {
    expect_limit(limit, "body sent", [&](std::size_t n) { return ClientFrame(send(kind, letters(n))); });
    expect_limit(limit, "body received", [&](std::size_t n) { return ServerFrame(event(kind, letters(n))); });
    expect_limit(limit, "body in a page", [&](std::size_t n) {
      return ServerFrame(HistoryPage{.room = RoomId(1), .events = {event(kind, letters(n))}});
    });
    expect_limit(limit, "related body in a page", [&](std::size_t n) {
      return ServerFrame(HistoryPage{.room = RoomId(1), .related = {event(kind, letters(n))}});
    });
  }
}

TEST(Limits, Texts) {
  expect_limit(limits::kTokenBytesMax, "token", [](std::size_t n) { return ClientFrame(Hello{.token = letters(n)}); });
  expect_limit(limits::kAgentBytesMax, "agent", [](std::size_t n) { return ClientFrame(Hello{.agent = letters(n)}); });
  expect_limit(limits::kTitleBytesMax, "title",
               [](std::size_t n) { return ClientFrame(CreateRoom{.title = letters(n)}); });
  expect_limit(limits::kTokenBytesMax, "ticket", [](std::size_t n) {
    return ServerFrame(Welcome{.user = UserId(1), .device = DeviceId(1), .ticket = letters(n)});
  });
  expect_limit(limits::kTitleBytesMax, "title of a room", [](std::size_t n) {
    return ServerFrame(RoomChanged{.info = {.room = RoomId(1), .title = letters(n)}});
  });
  expect_limit(limits::kReasonBytesMax, "reason",
               [](std::size_t n) { return ServerFrame(Reconnect{.reason = letters(n)}); });
  expect_limit(limits::kReasonBytesMax, "error text",
               [](std::size_t n) { return ServerFrame(Error{.message = letters(n)}); });
}

TEST(Limits, Counts) {
  expect_limit(limits::kSyncRoomsMax, "rooms in a Sync", [](std::size_t n) {
    return ClientFrame(Sync{.rooms = std::vector<SyncRoom>(n, SyncRoom{.room = RoomId(1)})});
  });
  expect_limit(limits::kDeliveredMax, "rooms in a Delivered", [](std::size_t n) {
    return ClientFrame(Delivered{.rooms = std::vector<RoomSeq>(n, RoomSeq{.room = RoomId(1), .seq = Seq(1)})});
  });
  expect_limit(limits::kCreateMembersMax, "members",
               [](std::size_t n) { return ClientFrame(CreateRoom{.members = std::vector<UserId>(n, UserId(1))}); });
  expect_limit(limits::kPageEventsMax, "events asked for", [](std::size_t n) {
    return ClientFrame(HistoryRequest{.room = RoomId(1), .limit = static_cast<std::uint32_t>(n)});
  });
  expect_limit(limits::kSyncRoomsMax, "rooms in a Synced", [](std::size_t n) {
    return ServerFrame(Synced{.rooms = std::vector<SyncedRoom>(n, SyncedRoom{.room = RoomId(1)})});
  });
  expect_limit(limits::kPageEventsMax, "events in a page", [](std::size_t n) {
    return ServerFrame(HistoryPage{.room = RoomId(1), .events = std::vector<Event>(n, event(EventKind::Message, "x"))});
  });
}

TEST(Limits, CountsOfPresenceAndReceipts) {
  expect_limit(limits::kWatchUsersMax, "users in a Watch", [](std::size_t n) {
    return ClientFrame(Watch{.room = RoomId(1), .users = std::vector<UserId>(n, UserId(1))});
  });
  expect_limit(limits::kWatchUsersMax, "users in a PresenceChanged", [](std::size_t n) {
    return ServerFrame(PresenceChanged{.users = std::vector<UserPresence>(n, UserPresence{.user = UserId(1)})});
  });
  expect_limit(limits::kReceiptMembersMax, "members in a Receipts", [](std::size_t n) {
    return ServerFrame(
        Receipts{.room = RoomId(1), .members = std::vector<MemberReceipt>(n, MemberReceipt{.user = UserId(1)})});
  });
  expect_limit(limits::kReceiptCountsMax, "delivered counts", [](std::size_t n) {
    return ServerFrame(Receipts{.room = RoomId(1), .delivered_counts = std::vector<std::uint32_t>(n, 1)});
  });
  expect_limit(limits::kReceiptCountsMax, "read counts", [](std::size_t n) {
    return ServerFrame(Receipts{.room = RoomId(1), .read_counts = std::vector<std::uint32_t>(n, 1)});
  });
}

TEST(BadValues, OfPresenceAndReceipts) {
  EXPECT_EQ(error_of(ClientFrame(Watch{})), DecodeError::BadValue);
  EXPECT_EQ(error_of(ClientFrame(Watch{.room = RoomId(1), .users = {UserId()}})), DecodeError::BadValue);
  EXPECT_EQ(error_of(ServerFrame(PresenceChanged{.users = {{}}})), DecodeError::BadValue);
  for (const auto state : {PresenceState(0), PresenceState(4)}) {
    EXPECT_EQ(error_of(ServerFrame(PresenceChanged{.users = {{.user = UserId(1), .state = state}}})),
              DecodeError::BadValue);
  }
  EXPECT_EQ(error_of(ServerFrame(Receipts{})), DecodeError::BadValue);
  EXPECT_EQ(error_of(ServerFrame(Receipts{.room = RoomId(1), .members = {{}}})), DecodeError::BadValue);
}

TEST(Limits, TheWholeMessage) {
  // Padded by a field of a later version, which is skipped.
  const auto padded = [](std::size_t size) {
    std::string bytes = bytes_of(ClientFrame(Typing{.room = RoomId(1)}));
    const std::size_t padding = size - bytes.size() - 5;
    bytes += "\xfa\x06";  // field 111, length-delimited
    for (const int shift : {0, 7, 14}) {
      bytes += static_cast<char>(((padding >> shift) & 0x7f) | (shift < 14 ? 0x80 : 0));
    }
    bytes.append(padding, 'x');
    return bytes;
  };
  ASSERT_EQ(padded(limits::kMessageBytesMax).size(), limits::kMessageBytesMax);
  EXPECT_TRUE(decode_client(view(padded(limits::kMessageBytesMax))).has_value());
  EXPECT_EQ(decode_client(view(padded(limits::kMessageBytesMax + 1))).error(), DecodeError::OverLimit);
}

TEST(BadValues, AnIdThatMustNameSomething) {
  const std::vector<ClientFrame> to_server{
      Sync{.rooms = {{}}},
      Send{.room = RoomId(), .cseq = Cseq(1)},
      Send{.room = RoomId(1), .cseq = Cseq()},
      Send{.room = RoomId(1), .cseq = Cseq(1), .client_msg_id = ClientMsgId(), .renumbered = true},
      HistoryRequest{},
      HistoryRequest{.room = RoomId(1), .limit = 0},
      Delivered{.rooms = {{}}},
      ReadMark{},
      Typing{},
      CreateRoom{.members = {UserId()}},
  };
  for (const auto& frame : to_server) EXPECT_EQ(error_of(frame), DecodeError::BadValue) << frame.index();
  const std::vector<ServerFrame> to_client{
      Welcome{.user = UserId(), .device = DeviceId(1)},
      Welcome{.user = UserId(1), .device = DeviceId()},
      RoomList{.rooms = {{}}},
      RoomChanged{},
      Synced{.rooms = {{}}},
      Event{.room = RoomId(), .seq = Seq(1)},
      Event{.room = RoomId(1), .seq = Seq()},
      Event{.room = RoomId(1), .seq = Seq(1), .erased_hash = 1, .body = "not erased"},
      Head{},
      SendResult{.room = RoomId(), .cseq = Cseq(1)},
      SendResult{.room = RoomId(1), .cseq = Cseq()},
      SendResult{.room = RoomId(1), .cseq = Cseq(1), .status = SendStatus::OutOfOrder, .expected = Cseq()},
      HistoryPage{},
      ReadMarked{},
      TypingNotice{.room = RoomId(1)},
      TypingNotice{.room = RoomId(), .user = UserId(1)},
      RoomCreated{.status = CreateStatus::Created},
      RoomCreated{.status = CreateStatus::Existed},
  };
  for (const auto& frame : to_client) EXPECT_EQ(error_of(frame), DecodeError::BadValue) << frame.index();
}

TEST(BadValues, AnEnumeratorOutOfRange) {
  // One below the first and one above the last of each enum.
  const auto kinds = {EventKind(0), EventKind(static_cast<int>(kLastEventKind) + 1)};
  for (const auto kind : kinds) {
    EXPECT_EQ(error_of(ClientFrame(send(kind, ""))), DecodeError::BadValue);
    EXPECT_EQ(error_of(ServerFrame(event(kind, ""))), DecodeError::BadValue);
  }
  for (const auto mode : {SyncMode(0), SyncMode(4)}) {
    EXPECT_EQ(error_of(ClientFrame(Sync{.rooms = {{.room = RoomId(1), .mode = mode}}})), DecodeError::BadValue);
  }
  for (const auto kind : {RoomKind(0), RoomKind(3)}) {
    EXPECT_EQ(error_of(ClientFrame(CreateRoom{.kind = kind})), DecodeError::BadValue);
    EXPECT_EQ(error_of(ServerFrame(RoomChanged{.info = {.room = RoomId(1), .kind = kind}})), DecodeError::BadValue);
  }
  Send send_as = send(EventKind::MemberAdd, "");
  send_as.role = Role(5);
  EXPECT_EQ(error_of(ClientFrame(send_as)), DecodeError::BadValue);
  for (const auto status : {SyncStatus(0), SyncStatus(7)}) {
    EXPECT_EQ(error_of(ServerFrame(Synced{.rooms = {{.room = RoomId(1), .status = status}}})), DecodeError::BadValue);
    EXPECT_EQ(error_of(ServerFrame(HistoryPage{.room = RoomId(1), .status = status})), DecodeError::BadValue);
  }
  EXPECT_EQ(error_of(ServerFrame(Synced{.rooms = {{.room = RoomId(1), .reason = ResetReason(6)}}})),
            DecodeError::BadValue);
  for (const auto status : {SendStatus(0), SendStatus(12)}) {
    EXPECT_EQ(error_of(ServerFrame(SendResult{.room = RoomId(1), .cseq = Cseq(1), .status = status})),
              DecodeError::BadValue);
  }
  for (const auto status : {CreateStatus(0), CreateStatus(6)}) {
    EXPECT_EQ(error_of(ServerFrame(RoomCreated{.status = status, .room = RoomId(1)})), DecodeError::BadValue);
  }
  for (const auto code : {ErrorCode(0), ErrorCode(7)}) {
    EXPECT_EQ(error_of(ServerFrame(Error{.code = code})), DecodeError::BadValue);
  }
}

TEST(BadValues, ARefusalThatDoesNotSayWhenToComeBack) {
  const RoomId room(1);
  const auto refusals = [&](std::uint32_t ms) -> std::vector<ServerFrame> {
    return {Synced{.rooms = {{.room = room, .status = SyncStatus::Unavailable, .retry_after_ms = ms}}},
            HistoryPage{.room = room, .status = SyncStatus::Unavailable, .retry_after_ms = ms},
            SendResult{.room = room, .cseq = Cseq(1), .status = SendStatus::Busy, .retry_after_ms = ms},
            RoomCreated{.status = CreateStatus::Busy, .retry_after_ms = ms},
            RoomJoined{.room = room, .status = JoinStatus::Busy, .retry_after_ms = ms},
            ItemPut{.status = PutStatus::Busy, .item = {.key = "1"}, .retry_after_ms = ms},
            Error{.code = ErrorCode::Busy, .retry_after_ms = ms}};
  };
  for (const ServerFrame& frame : refusals(0)) EXPECT_EQ(error_of(frame), DecodeError::BadValue) << frame.index();
  for (const ServerFrame& frame : refusals(1)) EXPECT_EQ(error_of(frame), std::nullopt) << frame.index();
}

TEST(BadValues, TextThatIsNotUtf8) {
  const std::string bad = "a\xff";
  EXPECT_EQ(error_of(ClientFrame(Hello{.agent = bad})), DecodeError::BadValue);
  EXPECT_EQ(error_of(ClientFrame(CreateRoom{.title = bad})), DecodeError::BadValue);
  EXPECT_EQ(error_of(ClientFrame(send(EventKind::ReactionAdd, bad))), DecodeError::BadValue);
  EXPECT_EQ(error_of(ClientFrame(send(EventKind::RoomTitle, bad))), DecodeError::BadValue);
  EXPECT_EQ(error_of(ServerFrame(Reconnect{.reason = bad})), DecodeError::BadValue);
  EXPECT_EQ(error_of(ServerFrame(Error{.message = bad})), DecodeError::BadValue);
}

TEST(BadValues, AMessageBodyIsOpaque) {
  const std::string bytes("\xff\0\xfe", 3);
  EXPECT_EQ(error_of(ClientFrame(send(EventKind::Message, bytes))), std::nullopt);
  EXPECT_EQ(error_of(ClientFrame(send(EventKind::Edit, bytes))), std::nullopt);
  EXPECT_EQ(error_of(ServerFrame(event(EventKind::Message, bytes))), std::nullopt);
}

}  // namespace
}  // namespace starling::wire
