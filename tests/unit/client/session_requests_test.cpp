#include "tests/unit/client/scripted_server.h"

namespace starling::client {
namespace {

using namespace testing;

auto read_history(ScriptedServer& server, std::uint32_t limit = 50) {
  return server.command(
      [&](Session& s, Instant now, Output& out) { return s.read_history(kRoom, Seq(10), true, limit, now, out); });
}
auto mark_read(ScriptedServer& server, std::uint64_t seq) {
  return server.command(
      [&](Session& s, Instant now, Output& out) { return s.mark_read(kRoom, Seq(seq), seq, now, out); });
}
auto create_room(ScriptedServer& server, std::string title = "title") {
  return server.command([&](Session& s, Instant now, Output& out) {
    return s.create_room(wire::RoomKind::Group, std::move(title), {kSomebody}, now, out);
  });
}

TEST(History, IsAskedForWithTheFloorAndItsPageIsPassedOnOnce) {
  ScriptedServer server;
  server.bring_online({kRoom}, 20);
  const auto id = read_history(server);
  const auto requests = server.take().all<wire::HistoryRequest>();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].request_id, *id);
  EXPECT_EQ(requests[0].floor, Seq(20));
  server.receive(wire::HistoryPage{.request_id = *id, .room = kRoom});
  server.receive(wire::HistoryPage{.request_id = *id, .room = kRoom});
  EXPECT_EQ(server.take().pages.size(), 1u);
}

TEST(History, FailsByNameWhenItIsNotAnsweredOrTheConnectionBreaks) {
  ScriptedServer server;
  server.bring_online();
  const auto slow = read_history(server);
  server.pass_with_chatter(limits::kAnswerTimeout);
  Seen seen = server.take();
  ASSERT_EQ(seen.failed_pages.size(), 1u);
  EXPECT_EQ(seen.failed_pages[0].request_id, *slow);
  const auto broken = read_history(server);
  server.disconnect();
  seen = server.take();
  ASSERT_EQ(seen.failed_pages.size(), 1u);
  EXPECT_EQ(seen.failed_pages[0].request_id, *broken);
}

TEST(History, RefusesWhatCannotBeAsked) {
  ScriptedServer server;
  server.bring_online();
  EXPECT_TRUE(read_history(server, wire::limits::kPageEventsMax).has_value());
  EXPECT_EQ(read_history(server, wire::limits::kPageEventsMax + 1).error(), CommandError::TooLarge);
  EXPECT_EQ(read_history(server, 0).error(), CommandError::TooLarge);
  for (std::size_t i = 1; i < limits::kRequestsMax; ++i) EXPECT_TRUE(read_history(server).has_value());
  EXPECT_EQ(read_history(server).error(), CommandError::Full);
  server.disconnect();
  EXPECT_EQ(read_history(server).error(), CommandError::Offline);
}

TEST(ReadMarks, AreRepeatedOnTheNextConnectionUntilConfirmed) {
  ScriptedServer server;
  server.bring_online();
  mark_read(server, 5);
  EXPECT_EQ(server.take().all<wire::ReadMark>().size(), 1u);
  server.reconnect();
  EXPECT_EQ(server.take().all<wire::ReadMark>().size(), 1u);
  server.receive(wire::ReadMarked{.room = kRoom, .seq = Seq(5)});
  server.reconnect();
  EXPECT_TRUE(server.take().all<wire::ReadMark>().empty());
}

TEST(ReadMarks, OfflineOnlyTheHighestIsKept) {
  ScriptedServer server;
  server.bring_online();
  server.disconnect();
  for (const std::uint64_t seq : {5u, 9u, 7u}) mark_read(server, seq);
  server.pass(2s);
  server.connect();
  server.welcome();
  const auto marks = server.take().all<wire::ReadMark>();
  ASSERT_EQ(marks.size(), 1u);
  EXPECT_EQ(marks[0].seq, Seq(9));
}

TEST(ReadMarks, AreNotKeptForEverWithoutAnEcho) {
  ScriptedServer server;
  server.bring_online();
  mark_read(server, 5);
  server.pass(1min);
  EXPECT_EQ(server.session().next_deadline(), kNever);
}

TEST(CreateRoom, IsRepeatedUnderTheSameIdUntilItIsAnswered) {
  ScriptedServer server;
  server.bring_online();
  const auto id = create_room(server);
  const auto first = server.take().all<wire::CreateRoom>();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].request_id, *id);
  server.pass_with_chatter(limits::kAnswerTimeout);
  EXPECT_EQ(server.take().all<wire::CreateRoom>(), first);
  server.reconnect();
  EXPECT_EQ(server.take().all<wire::CreateRoom>(), first);
  server.receive(wire::RoomCreated{.request_id = *id, .status = wire::CreateStatus::Existed, .room = kOther});
  EXPECT_EQ(server.take().made.size(), 1u);
  server.reconnect();
  EXPECT_TRUE(server.take().all<wire::CreateRoom>().empty());
}

TEST(CreateRoom, BusyWaitsForTheServersTime) {
  ScriptedServer server;
  server.bring_online();
  const auto id = create_room(server);
  server.take();
  server.receive(wire::RoomCreated{.request_id = *id, .status = wire::CreateStatus::Busy, .retry_after_ms = 700});
  server.pass(699ms);
  EXPECT_TRUE(server.take().all<wire::CreateRoom>().empty());
  server.pass(1ms);
  EXPECT_EQ(server.take().all<wire::CreateRoom>().size(), 1u);
}

TEST(CreateRoom, RefusesATitleThatTheServerWould) {
  ScriptedServer server;
  server.bring_online();
  EXPECT_TRUE(create_room(server, std::string(wire::limits::kTitleBytesMax, 'x')).has_value());
  EXPECT_EQ(create_room(server, std::string(wire::limits::kTitleBytesMax + 1, 'x')).error(), CommandError::TooLarge);
  EXPECT_EQ(create_room(server, "\xff").error(), CommandError::BadText);
}

TEST(Typing, IsSentAtMostEveryThreeSecondsAndNeverLater) {
  ScriptedServer server;
  server.bring_online();
  const auto type = [&] {
    server.command([](Session& s, Instant now, Output& out) {
      s.typing(kRoom, now, out);
      return 0;
    });
    return server.take().all<wire::Typing>().size();
  };
  EXPECT_EQ(type(), 1u);
  EXPECT_EQ(type(), 0u);
  server.pass(limits::kTypingInterval);
  EXPECT_EQ(type(), 1u);
  server.disconnect();
  server.pass(limits::kTypingInterval);
  EXPECT_EQ(type(), 0u);
}

TEST(PassedOn, NoticesOfOthers) {
  ScriptedServer server;
  server.bring_online();
  server.receive(wire::TypingNotice{.room = kRoom, .user = kSomebody});
  server.receive(wire::Error{.code = wire::ErrorCode::TooMany, .message = "slow down"});
  const Seen seen = server.take();
  EXPECT_EQ(seen.typing.size(), 1u);
  EXPECT_EQ(seen.errors.size(), 1u);
}

}  // namespace
}  // namespace starling::client
