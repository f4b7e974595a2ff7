#include "tests/unit/client/scripted_server.h"

namespace starling::client {
namespace {

using namespace testing;

Result<void, CommandError> watch(ScriptedServer& server, RoomId room, std::vector<UserId> users,
                                 bool receipts = false) {
  return server.command(
      [&](Session& session, Instant, Output& out) { return session.watch(room, std::move(users), receipts, out); });
}
void set_away(ScriptedServer& server, bool away) {
  server.command([&](Session& session, Instant, Output& out) {
    session.set_away(away, out);
    return 0;
  });
}

TEST(Watches, AreSaidOnceAndAgainOnANewConnection) {
  ScriptedServer server;
  server.bring_online({kRoom, kOther});
  server.take();
  const wire::Watch expected{.room = kRoom, .users = {kSomebody}, .receipts = true};
  EXPECT_TRUE(watch(server, kRoom, {kSomebody}, true).has_value());
  EXPECT_TRUE(watch(server, kRoom, {kSomebody}, true).has_value());
  EXPECT_EQ(server.take().all<wire::Watch>(), std::vector{expected});
  server.disconnect();
  server.pass(2min);
  server.connect();
  server.welcome();
  EXPECT_EQ(server.take().all<wire::Watch>(), std::vector{expected});
}

TEST(Watches, OfOneRoomReplaceEachOther) {
  ScriptedServer server;
  server.bring_online();
  watch(server, kRoom, {kSomebody});
  watch(server, kRoom, {kMe});
  watch(server, kRoom, {});
  watch(server, kRoom, {});
  const auto said = server.take().all<wire::Watch>();
  ASSERT_EQ(said.size(), 3u);
  EXPECT_TRUE(said[2].users.empty());
  server.disconnect();
  server.pass(2min);
  server.connect();
  server.welcome();
  EXPECT_TRUE(server.take().all<wire::Watch>().empty());
}

TEST(Watches, OfMoreUsersThanTheServerTakesAreRefusedHere) {
  ScriptedServer server;
  server.bring_online({kRoom, kOther});
  std::vector<UserId> many(wire::limits::kWatchUsersMax, kSomebody);
  EXPECT_TRUE(watch(server, kRoom, many).has_value());
  EXPECT_EQ(watch(server, kOther, {kMe}).error(), CommandError::TooLarge);
  many.push_back(kMe);
  EXPECT_EQ(watch(server, kRoom, many).error(), CommandError::TooLarge);
  EXPECT_EQ(watch(server, RoomId(0x999), {kMe}).error(), CommandError::UnknownRoom);
}

TEST(Watches, OfARoomThatWasLeftAreForgotten) {
  ScriptedServer server;
  server.bring_online();
  watch(server, kRoom, {kSomebody});
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom, .role = wire::Role::None}});
  server.disconnect();
  server.take();
  server.pass(2min);
  server.connect();
  server.welcome(2);
  EXPECT_TRUE(server.take().all<wire::Watch>().empty());
}

TEST(Away, IsSaidWhenItChangesAndAgainOnANewConnection) {
  ScriptedServer server;
  server.bring_online();
  server.take();
  set_away(server, false);
  EXPECT_TRUE(server.take().all<wire::SetPresence>().empty()) << "a connection begins so";
  set_away(server, true);
  set_away(server, true);
  EXPECT_EQ(server.take().all<wire::SetPresence>(), std::vector{wire::SetPresence{.away = true}});
  server.disconnect();
  server.pass(2min);
  server.connect();
  server.welcome();
  EXPECT_EQ(server.take().all<wire::SetPresence>(), std::vector{wire::SetPresence{.away = true}});
  set_away(server, false);
  EXPECT_EQ(server.take().all<wire::SetPresence>(), std::vector{wire::SetPresence{.away = false}});
}

TEST(Watches, WhatTheServerSaysIsPassedOn) {
  ScriptedServer server;
  server.bring_online();
  const wire::PresenceChanged changed{.users = {{.user = kSomebody, .state = wire::PresenceState::Online}}};
  const wire::Receipts receipts{.room = kRoom, .members = {{.user = kSomebody, .delivered = Seq(3), .read = Seq(2)}}};
  server.receive(changed);
  server.receive(receipts);
  const Seen seen = server.take();
  EXPECT_EQ(seen.presence, std::vector{changed});
  EXPECT_EQ(seen.receipts, std::vector{receipts});
}

TEST(Watches, AConnectionThatIsMadeAnewDoesNotSayGoodbye) {
  ScriptedServer server;
  server.bring_online();
  server.send(kRoom, "unanswered");
  server.take();
  server.pass(limits::kSilenceMax);
  EXPECT_EQ(server.take().close_codes, std::vector{wire::close_code::kComingBack});
}

}  // namespace
}  // namespace starling::client
