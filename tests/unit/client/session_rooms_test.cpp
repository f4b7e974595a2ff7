#include "tests/unit/client/scripted_server.h"

namespace starling::client {
namespace {

using namespace testing;

TEST(RoomList, NewRoomsAreStoredAndSynced) {
  ScriptedServer server;
  server.start();
  server.connect();
  server.welcome();
  server.take();
  server.list({kRoom, kOther}, 5);
  const Seen seen = server.take();
  EXPECT_EQ(seen.listed.size(), 2u);
  EXPECT_EQ(seen.all_persisted<PersistRoom>().size(), 2u);
  EXPECT_EQ(seen.all_persisted<PersistRoomsVersion>()[0].rooms_version, 5u);
  server.pass(limits::kSyncPace);
  std::size_t rooms = 0;
  for (const auto& sync : seen.all<wire::Sync>()) rooms += sync.rooms.size();
  for (const auto& sync : server.take().all<wire::Sync>()) rooms += sync.rooms.size();
  EXPECT_EQ(rooms, 2u);
}

TEST(RoomList, TheNextHelloNamesItsVersion) {
  ScriptedServer server;
  server.bring_online();
  server.disconnect();
  server.pass(2s);
  server.connect();
  EXPECT_EQ(server.take().all<wire::Hello>()[0].rooms_version, 1u);
}

TEST(RoomList, ARoomThatIsNotInItWasLeft) {
  ScriptedServer server;
  server.bring_online({kRoom, kOther});
  server.list({kOther}, 2);
  EXPECT_EQ(server.take().left, std::vector{kRoom});
  server.deliver(kRoom, 1, 1);
  EXPECT_TRUE(server.take().applied.empty());
}

TEST(RoomList, OnlyItsLastPartDecidesWhatWasLeft) {
  ScriptedServer server;
  server.bring_online({kRoom, kOther});
  server.receive(wire::RoomList{.rooms_version = 2, .more = true, .rooms = {{.room = kOther}}});
  Seen seen = server.take();
  EXPECT_TRUE(seen.left.empty());
  EXPECT_TRUE(seen.all_persisted<PersistRoomsVersion>().empty());
  EXPECT_EQ(server.session().rooms_version(), 1u);
  server.receive(wire::RoomList{.rooms_version = 2, .more = false, .rooms = {{.room = kRoom}}});
  EXPECT_TRUE(server.take().left.empty());
  EXPECT_EQ(server.session().rooms_version(), 2u);
}

TEST(RoomList, CutOffByALostConnectionItBeginsAnew) {
  ScriptedServer server;
  server.bring_online({kRoom, kOther});
  server.receive(wire::RoomList{.rooms_version = 2, .more = true, .rooms = {{.room = kOther}}});
  server.disconnect();
  server.pass(2s);
  server.connect();
  server.welcome(2);
  server.take();
  server.list({kRoom}, 2);
  EXPECT_EQ(server.take().left, std::vector{kOther});
}

TEST(RoomChanged, JoiningSyncsTheRoomAndLeavingEndsIt) {
  ScriptedServer server;
  server.bring_online({});
  server.pass(1s);
  server.take();
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom, .role = wire::Role::Member}});
  Seen seen = server.take();
  ASSERT_EQ(seen.all<wire::Sync>().size(), 1u);
  EXPECT_EQ(server.session().rooms_version(), 2u);
  server.answer_live(seen);
  server.receive(wire::RoomChanged{.rooms_version = 3, .info = {.room = kRoom, .role = wire::Role::None}});
  EXPECT_EQ(server.take().left, std::vector{kRoom});
}

TEST(RoomChanged, WhoComesBackCountsOnFromWhereHeWas) {
  ScriptedServer server;
  server.bring_online();
  server.send(kRoom, "a");
  server.accept(kRoom, 1, 1);
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom, .role = wire::Role::None}});
  server.receive(wire::RoomChanged{.rooms_version = 3, .info = {.room = kRoom, .role = wire::Role::Member}});
  server.pass(1s);
  server.answer_live(server.take());
  EXPECT_EQ(server.send(kRoom, "b").cseq, Cseq(2));
}

TEST(NotMember, EndsNothingThatTheListHasAndIsAskedAgain) {
  ScriptedServer server;
  server.bring_online();
  server.answer({.room = kRoom, .status = wire::SyncStatus::NotMember});
  EXPECT_TRUE(server.take().left.empty());
  server.pass(limits::kDeniedRetry * 3 / 2);
  server.answer_live(server.take());
  server.deliver(kRoom, 1, 1);
  EXPECT_EQ(server.take().applied_seqs(), std::vector<std::uint64_t>{1});
}

TEST(NotMember, HoldsUpNoRoomThatIsPutOffForLess) {
  ScriptedServer server;
  server.bring_online({kRoom, kOther});
  server.answer({.room = kRoom, .status = wire::SyncStatus::NotMember});
  server.answer({.room = kOther, .status = wire::SyncStatus::Unavailable, .retry_after_ms = 300});
  server.take();
  server.pass(500ms);
  const auto syncs = server.take().all<wire::Sync>();
  ASSERT_EQ(syncs.size(), 1u);
  ASSERT_EQ(syncs[0].rooms.size(), 1u);
  EXPECT_EQ(syncs[0].rooms[0].room, kOther);
  server.pass(limits::kDeniedRetry * 3 / 2);
  std::vector<RoomId> again;
  for (const auto& sync : server.take().all<wire::Sync>()) {
    for (const auto& room : sync.rooms) again.push_back(room.room);
  }
  EXPECT_NE(std::ranges::find(again, kRoom), again.end());
}

TEST(NotMember, TheListTellsOfTheRemovalAndThenNothingIsAsked) {
  ScriptedServer server;
  server.bring_online();
  server.answer({.room = kRoom, .status = wire::SyncStatus::NotMember});
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom, .role = wire::Role::None}});
  EXPECT_EQ(server.take().left, std::vector{kRoom});
  server.pass(limits::kDeniedRetry * 3);
  EXPECT_TRUE(server.take().all<wire::Sync>().empty());
}

TEST(NotMember, OfBeforeTheReturnIsOverruledByTheAnswerAfterIt) {
  ScriptedServer server;
  server.bring_online();
  server.pass(1s);
  server.take();
  wire::Event removal = event(kRoom, 1);
  removal.kind = wire::EventKind::MemberRemove;
  removal.subject = kMe;
  server.receive(removal);
  ASSERT_EQ(server.take().all<wire::Sync>().size(), 1u);
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom, .role = wire::Role::None}});
  server.receive(wire::RoomChanged{.rooms_version = 3, .info = {.room = kRoom, .role = wire::Role::Member}});
  server.pass(1s);
  const Seen second = server.take();
  ASSERT_EQ(second.all<wire::Sync>().size(), 1u);
  server.answer({.room = kRoom, .status = wire::SyncStatus::NotMember});  // to the first
  server.answer_live(second);
  server.deliver(kRoom, 2, 2);
  const Seen seen = server.take();
  EXPECT_TRUE(seen.left.empty());
  EXPECT_EQ(seen.applied_seqs(), std::vector<std::uint64_t>{2});
}

TEST(NotMember, WhoWasRemovedAndAddedAgainUntoldAsksWithTheNextConnection) {
  ScriptedServer server;
  server.bring_online();
  server.answer({.room = kRoom, .status = wire::SyncStatus::NotMember});
  server.receive(wire::RoomChanged{.rooms_version = 4, .info = {.room = kOther, .role = wire::Role::Member}});
  server.disconnect();
  server.pass(2s);
  server.connect();
  server.take();
  server.welcome(4);
  const auto syncs = server.take().all<wire::Sync>();
  ASSERT_EQ(syncs.size(), 1u);
  ASSERT_EQ(syncs[0].rooms.size(), 2u);
  EXPECT_EQ(syncs[0].rooms[0].room, kRoom);
}

}  // namespace
}  // namespace starling::client
