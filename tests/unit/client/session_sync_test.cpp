#include "tests/unit/client/scripted_server.h"

namespace starling::client {
namespace {

using namespace testing;

std::vector<wire::SyncRoom> asked(const Seen& seen) {
  std::vector<wire::SyncRoom> rooms;
  for (const auto& sync : seen.all<wire::Sync>()) rooms.insert(rooms.end(), sync.rooms.begin(), sync.rooms.end());
  return rooms;
}

TEST(Resume, AsksForAllRoomsWithTheirCursorsAndFloors) {
  ScriptedServer server;
  server.bring_online({kRoom, kOther});
  server.deliver(kRoom, 1, 4);
  server.send(kOther, "mine");
  server.accept(kOther, 1, 7);
  server.disconnect();
  server.pass(2s);
  server.connect();
  server.take();
  server.welcome();
  const auto rooms = asked(server.take());
  ASSERT_EQ(rooms.size(), 2u);
  EXPECT_EQ(rooms[0].room, kRoom);
  EXPECT_EQ(rooms[0].cursor, cursor_at(kRoom, 4));
  EXPECT_EQ(rooms[0].floor, Seq(4));
  EXPECT_EQ(rooms[1].room, kOther);
  EXPECT_EQ(rooms[1].cursor, cursor_at(kOther, 0));
  EXPECT_EQ(rooms[1].floor, Seq(7)) << "acknowledged, though not seen yet";
}

TEST(Resume, SplitsManyRoomsIntoFramesOfFiveHundredAndTwelve) {
  ScriptedServer server;
  for (std::uint64_t r = 1; r <= 1025; ++r) server.session().restore_room({.room = RoomId(r)});
  server.start();
  server.connect();
  server.welcome();
  const auto syncs = server.take().all<wire::Sync>();
  ASSERT_EQ(syncs.size(), 3u);
  EXPECT_EQ(syncs[0].rooms.size(), 512u);
  EXPECT_EQ(syncs[1].rooms.size(), 512u);
  EXPECT_EQ(syncs[2].rooms.size(), 1u);
}

TEST(Resume, LiveGoesOnWhereTheCursorIs) {
  ScriptedServer server;
  server.bring_online();
  server.deliver(kRoom, 1, 4);
  server.disconnect();
  server.pass(2s);
  server.connect();
  server.welcome();
  server.answer_live(server.take());
  server.deliver(kRoom, 5, 6);
  EXPECT_EQ(server.take().applied_seqs(), (std::vector<std::uint64_t>{5, 6}));
}

TEST(Resume, AnAnswerFromBehindTheCursorIsAskedForAnew) {
  ScriptedServer server;
  server.bring_online();
  server.deliver(kRoom, 1, 4);
  server.pass(1s);
  server.take();
  const wire::SyncedRoom reset{.room = kRoom,
                               .status = wire::SyncStatus::Reset,
                               .reason = wire::ResetReason::NewDevice,
                               .epoch = Epoch(1),
                               .head = Seq(4),
                               .start = cursor_at(kRoom, 0)};
  server.answer(reset);  // to a Sync that was sent twice
  server.answer({.room = kRoom,
                 .status = wire::SyncStatus::Live,
                 .epoch = Epoch(1),
                 .head = Seq(4),
                 .start = cursor_at(kRoom, 4)});
  server.pass(limits::kSyncPace);
  const Seen seen = server.take();
  ASSERT_EQ(asked(seen).size(), 1u);
  EXPECT_EQ(asked(seen)[0].cursor, cursor_at(kRoom, 0));
  EXPECT_EQ(seen.synced.size(), 1u) << "the second answer means nothing";
}

TEST(Reset, SetsTheCursorTellsWhyAndStoresIt) {
  for (const auto reason : {wire::ResetReason::NewDevice, wire::ResetReason::TooFar, wire::ResetReason::Truncated,
                            wire::ResetReason::Epoch, wire::ResetReason::Diverged}) {
    ScriptedServer server;
    server.bring_online();
    server.answer({.room = kRoom,
                   .status = wire::SyncStatus::Reset,
                   .reason = reason,
                   .epoch = Epoch(3),
                   .head = Seq(22),
                   .start = cursor_at(kRoom, 20, 3),
                   .next_cseq = Cseq(1)});
    const Seen seen = server.take();
    ASSERT_EQ(seen.resets.size(), 1u);
    EXPECT_EQ(seen.resets[0].reason, reason);
    EXPECT_EQ(seen.resets[0].start, cursor_at(kRoom, 20, 3));
    ASSERT_EQ(seen.all_persisted<PersistRoom>().size(), 1u);
    EXPECT_EQ(seen.all_persisted<PersistRoom>()[0].state.cursor, cursor_at(kRoom, 20, 3));
    server.deliver(kRoom, 21, 22, 3);
    EXPECT_EQ(server.take().applied_seqs(), (std::vector<std::uint64_t>{21, 22}));
  }
}

TEST(Reset, ToACursorThatCannotBeHeldEndsTheConnection) {
  ScriptedServer server;
  server.bring_online();
  server.answer({.room = kRoom,
                 .status = wire::SyncStatus::Reset,
                 .reason = wire::ResetReason::TooFar,
                 .epoch = Epoch(1),
                 .start = {Epoch(1), Seq(RoomCursor::kSeqMax + 1), PrefixHash(1)}});
  EXPECT_EQ(server.take().close_codes, std::vector{wire::close_code::kProtocolError});
}

TEST(Unavailable, IsAskedAgainAfterTheServersTime) {
  ScriptedServer server;
  server.start();
  server.connect();
  server.welcome();
  server.list({kRoom});
  server.take();
  server.answer({.room = kRoom, .status = wire::SyncStatus::Unavailable, .retry_after_ms = 2000});
  server.pass(2s - 1ns);
  EXPECT_TRUE(asked(server.take()).empty());
  server.pass(1s);
  EXPECT_EQ(asked(server.take()).size(), 1u);
}

TEST(Unanswered, ASyncIsRepeated) {
  ScriptedServer server;
  server.start();
  server.connect();
  server.welcome();
  server.list({kRoom});
  EXPECT_EQ(asked(server.take()).size(), 1u);
  server.pass_with_chatter(limits::kAnswerTimeout);
  EXPECT_EQ(asked(server.take()).size(), 1u);
}

TEST(Modes, AChangeIsAskedForAndStored) {
  ScriptedServer server;
  server.bring_online();
  server.pass(1s);
  server.take();
  server.command(
      [](Session& s, Instant now, Output& out) { return s.set_mode(kRoom, wire::SyncMode::Heads, now, out); });
  const Seen seen = server.take();
  ASSERT_EQ(asked(seen).size(), 1u);
  EXPECT_EQ(asked(seen)[0].mode, wire::SyncMode::Heads);
  EXPECT_EQ(seen.all_persisted<PersistRoom>()[0].state.mode, wire::SyncMode::Heads);
}

TEST(Modes, AChangeWhileASyncIsUnderWayIsAskedForAfterIt) {
  ScriptedServer server;
  server.start();
  server.connect();
  server.welcome();
  server.list({kRoom});
  const Seen first = server.take();
  server.command(
      [](Session& s, Instant now, Output& out) { return s.set_mode(kRoom, wire::SyncMode::Heads, now, out); });
  EXPECT_TRUE(asked(server.take()).empty());
  server.answer_live(first);
  server.pass(limits::kSyncPace);
  const auto second = asked(server.take());
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].mode, wire::SyncMode::Heads);
}

/// A Sync that was not answered in time and goes again: what was put out each time.
struct AskedTwice {
  Seen first, again;
};
AskedTwice ask_twice(ScriptedServer& server) {
  server.start();
  server.connect();
  server.welcome();
  server.list({kRoom});
  AskedTwice seen{.first = server.take(), .again = {}};
  server.pass_with_chatter(limits::kAnswerTimeout);
  seen.again = server.take();
  EXPECT_EQ(asked(seen.again).size(), 1u);
  return seen;
}

TEST(Modes, AChangeOutlivesTheSecondAnswerToARepeatedSync) {
  ScriptedServer server;
  const auto [first, again] = ask_twice(server);
  server.command(
      [](Session& s, Instant now, Output& out) { return s.set_mode(kRoom, wire::SyncMode::Heads, now, out); });
  server.answer_live(first);
  server.answer_live(again);  // before the next Sync may go
  server.pass(limits::kSyncPace);
  const auto third = asked(server.take());
  ASSERT_EQ(third.size(), 1u);
  EXPECT_EQ(third[0].mode, wire::SyncMode::Heads);
}

/// The first answer to a repeated Sync puts it off; `wish` comes before it, or `late`, after it.
void wish_beside_a_sync_that_is_put_off(bool late) {
  ScriptedServer server;
  const Seen again = ask_twice(server).again;
  const auto wish = [&] {
    server.command(
        [](Session& s, Instant now, Output& out) { return s.set_mode(kRoom, wire::SyncMode::Heads, now, out); });
  };
  if (!late) wish();
  server.answer({.room = kRoom, .status = wire::SyncStatus::Unavailable, .retry_after_ms = 2000});
  if (late) wish();
  EXPECT_TRUE(asked(server.take()).empty()) << "within the server's time";
  server.answer_live(again);
  server.pass(limits::kSyncPace);
  const auto third = asked(server.take());
  ASSERT_EQ(third.size(), 1u);
  EXPECT_EQ(third[0].mode, wire::SyncMode::Heads);
}

TEST(Modes, AChangeOutlivesAnAnswerThatPutsItOff) { wish_beside_a_sync_that_is_put_off(false); }

TEST(Modes, AChangeOfWhatIsPutOffOutlivesTheSecondAnswer) { wish_beside_a_sync_that_is_put_off(true); }

TEST(Unavailable, WhatTheRepeatedSyncGrantsIsNotAskedAgain) {
  ScriptedServer server;
  const Seen again = ask_twice(server).again;
  server.answer({.room = kRoom, .status = wire::SyncStatus::Unavailable, .retry_after_ms = 2000});
  server.answer_live(again);
  server.pass_with_chatter(2 * limits::kAnswerTimeout);
  EXPECT_TRUE(asked(server.take()).empty());
}

TEST(Modes, WithHeadsAGapIsNoGap) {
  ScriptedServer server(Settings{.first_mode = wire::SyncMode::Heads});
  server.start();
  server.connect();
  server.welcome();
  server.list({kRoom});
  server.answer({.room = kRoom, .status = wire::SyncStatus::Heads, .epoch = Epoch(1), .head = Seq(50)});
  server.pass(1s);
  server.take();
  server.deliver(kRoom, 60, 60);
  EXPECT_TRUE(server.take().frames.empty());
  server.receive(wire::Head{.room = kRoom, .epoch = Epoch(1), .seq = Seq(61)});
  EXPECT_EQ(server.take().heads.size(), 1u);
}

TEST(Modes, HeadsOfAnotherEpochResetTheRoom) {
  ScriptedServer server;
  server.session().restore_room({.room = kRoom,
                                 .cursor = cursor_at(kRoom, 5),
                                 .floor = Seq(5),
                                 .last_cseq = Cseq(3),
                                 .mode = wire::SyncMode::Heads});
  server.start();
  server.connect();
  server.welcome();
  server.answer(
      {.room = kRoom, .status = wire::SyncStatus::Heads, .epoch = Epoch(2), .head = Seq(50), .next_cseq = Cseq(2)});
  const Seen seen = server.take();
  ASSERT_EQ(seen.resets.size(), 1u);
  EXPECT_EQ(seen.resets[0].reason, wire::ResetReason::Epoch);
  EXPECT_EQ(seen.resets[0].start, (wire::Cursor{.epoch = Epoch(2)}));
  EXPECT_EQ(server.send(kRoom, "a").cseq, Cseq(2));
}

}  // namespace
}  // namespace starling::client
