#include "tests/unit/client/scripted_server.h"

namespace starling::client {
namespace {

using namespace testing;

wire::Cursor cursor_of(const ScriptedServer& server, RoomId room) {
  const RoomTable& rooms = const_cast<ScriptedServer&>(server).session().rooms();
  return rooms.cursor(rooms.find(room)).cursor();
}

TEST(Events, AreAppliedInOrderAndTheCursorFolds) {
  ScriptedServer server;
  server.bring_online();
  server.deliver(kRoom, 1, 3);
  EXPECT_EQ(server.take().applied_seqs(), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(cursor_of(server, kRoom), cursor_at(kRoom, 3));
}

TEST(Events, ArePersistedTogetherWithTheCursorBehindThem) {
  ScriptedServer server;
  server.bring_online();
  server.deliver(kRoom, 1, 2);
  const auto stored = server.take().all_persisted<PersistEvent>();
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_EQ(stored[1].state.cursor, cursor_at(kRoom, 2));
}

TEST(Events, WhatWasSeenBeforeIsDroppedAndCounted) {
  ScriptedServer server;
  server.bring_online();
  server.deliver(kRoom, 1, 3);
  server.take();
  server.deliver(kRoom, 1, 3);
  const Seen seen = server.take();
  EXPECT_TRUE(seen.applied.empty());
  EXPECT_TRUE(seen.frames.empty());
  EXPECT_EQ(server.session().counters().redelivered, 3u);
}

TEST(Events, AGapIsNotAppliedButRepairedFromTheCursor) {
  ScriptedServer server;
  server.bring_online();
  server.deliver(kRoom, 1, 2);
  server.pass(1s);
  server.take();
  server.deliver(kRoom, 4, 4);
  Seen seen = server.take();
  EXPECT_TRUE(seen.applied.empty());
  ASSERT_EQ(seen.all<wire::Sync>().size(), 1u);
  ASSERT_EQ(seen.all<wire::Sync>()[0].rooms.size(), 1u);
  EXPECT_EQ(seen.all<wire::Sync>()[0].rooms[0].cursor, cursor_at(kRoom, 2));
  server.answer_live(seen);
  server.deliver(kRoom, 3, 5);
  EXPECT_EQ(server.take().applied_seqs(), (std::vector<std::uint64_t>{3, 4, 5}));
}

TEST(Events, ARepairIsAskedForOnceHoweverManyEventsFollowTheGap) {
  ScriptedServer server;
  server.bring_online();
  server.pass(1s);
  server.take();
  server.deliver(kRoom, 5, 25);
  EXPECT_EQ(server.take().all<wire::Sync>().size(), 1u);
}

TEST(Events, RepairsArePaced) {
  ScriptedServer server;
  server.bring_online();
  server.pass(1s);
  server.take();
  const Instant begin = server.now();
  std::size_t syncs = 0;
  while (server.now() < begin + 10s) {
    server.deliver(kRoom, 5, 5);
    server.pass(1ms);
    const Seen seen = server.take();
    syncs += seen.all<wire::Sync>().size();
    server.answer_live(seen);
  }
  EXPECT_LE(syncs, 10s / limits::kSyncPace + 1u);
  EXPECT_GE(syncs, 10u);
}

TEST(Events, BeforeTheSyncIsAnsweredNothingIsApplied) {
  ScriptedServer server;
  server.start();
  server.connect();
  server.welcome();
  server.list({kRoom});
  server.deliver(kRoom, 1, 1);
  EXPECT_TRUE(server.take().applied.empty());
}

TEST(Events, OfRoomsThatAreNotOursMeanNothing) {
  ScriptedServer server;
  server.bring_online();
  server.deliver(kOther, 1, 1);
  const Seen seen = server.take();
  EXPECT_TRUE(seen.applied.empty());
  EXPECT_TRUE(seen.frames.empty());
}

TEST(Events, OfALaterEpochAreNotAppliedBeforeTheRoomIsReset) {
  ScriptedServer server;
  server.bring_online({kRoom}, 2);
  server.pass(1s);
  server.take();
  server.deliver(kRoom, 3, 3, 2);
  const Seen seen = server.take();
  EXPECT_TRUE(seen.applied.empty());
  EXPECT_EQ(seen.all<wire::Sync>().size(), 1u);
}

// After a loss by policy the log may still hold events that were committed in the earlier epoch.
TEST(Events, OfAnEarlierEpochAreAppliedWhenTheyAreNext) {
  ScriptedServer server;
  server.bring_online();
  server.answer({.room = kRoom,
                 .status = wire::SyncStatus::Reset,
                 .reason = wire::ResetReason::Epoch,
                 .epoch = Epoch(2),
                 .head = Seq(5),
                 .start = {.epoch = Epoch(2), .seq = Seq(3), .hash = hash_at(kRoom, 3)},
                 .next_cseq = Cseq(1)});
  server.deliver(kRoom, 4, 5, 1);
  server.deliver(kRoom, 6, 6, 2);
  EXPECT_EQ(server.take().applied_seqs(), (std::vector<std::uint64_t>{4, 5, 6}));
}

TEST(Events, AnAcknowledgementNeverMovesTheCursor) {
  ScriptedServer server;
  server.bring_online();
  server.send(kRoom, "mine");
  server.accept(kRoom, 1, 100);
  EXPECT_EQ(cursor_of(server, kRoom).seq, Seq(0));
  server.take();
  server.deliver(kRoom, 1, 2);
  EXPECT_EQ(server.take().applied_seqs(), (std::vector<std::uint64_t>{1, 2}));
}

TEST(Heads, NeverGoBackWithinAnEpoch) {
  ScriptedServer server;
  server.bring_online();
  server.receive(wire::Head{.room = kRoom, .epoch = Epoch(1), .seq = Seq(10)});
  server.receive(wire::Head{.room = kRoom, .epoch = Epoch(1), .seq = Seq(9)});
  server.receive(wire::Head{.room = kRoom, .epoch = Epoch(1), .seq = Seq(10)});
  const Seen seen = server.take();
  ASSERT_EQ(seen.heads.size(), 2u);
  EXPECT_EQ(seen.heads[1].seq, Seq(10));
}

TEST(Heads, OfALaterEpochAskForASync) {
  ScriptedServer server;
  server.bring_online();
  server.pass(1s);
  server.take();
  server.receive(wire::Head{.room = kRoom, .epoch = Epoch(2), .seq = Seq(10)});
  const Seen seen = server.take();
  EXPECT_TRUE(seen.heads.empty());
  EXPECT_EQ(seen.all<wire::Sync>().size(), 1u);
}

}  // namespace
}  // namespace starling::client
