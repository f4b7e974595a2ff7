// Which numbers what waits has after a Reset, a Conflict or an answer that expects another one.
#include "common/wire/renumbered.h"
#include "tests/unit/client/scripted_server.h"

namespace starling::client {
namespace {

using namespace testing;
using Cseqs = std::vector<std::uint32_t>;

wire::SyncedRoom reset_far_ahead(wire::ResetReason reason) {
  return {.room = kRoom,
          .status = wire::SyncStatus::Reset,
          .reason = reason,
          .epoch = Epoch(1),
          .head = Seq(5000),
          .start = {Epoch(1), Seq(4900), PrefixHash(1)},
          .next_cseq = Cseq(41)};
}

/// What waits may be on its way into the epoch under its old number: the log tells the next one once it has that.
void expect_numbered_by_the_log(ScriptedServer& server, Epoch epoch, Cseq expected) {
  const auto sent = server.take().sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_GT(sent[0], 1'000'000'000u);
  server.result({.room = kRoom,
                 .cseq = Cseq(sent[0]),
                 .status = wire::SendStatus::OutOfOrder,
                 .epoch = epoch,
                 .expected = expected});
  EXPECT_EQ(server.take().sent(), Cseqs{expected.value});
}

void leave(ScriptedServer& server) {
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom, .role = wire::Role::None}});
}

/// What is said once the user is a member again.
Seen come_back(ScriptedServer& server) {
  server.take();
  server.receive(wire::RoomChanged{.rooms_version = 3, .info = {.room = kRoom, .role = wire::Role::Member}});
  server.pass(1s);
  return server.take();
}

TEST(EpochReset, RenumbersTheUnacknowledgedFromWhatTheLogExpects) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  for (int i = 0; i < 4; ++i) server.send(kRoom, "m" + std::to_string(i + 1));
  server.accept(kRoom, 1, 6);
  const auto before = server.session().outbox().entries(kRoom);
  const std::vector<OutboxEntry> waiting(before.begin(), before.end());
  server.reconnect();
  server.take();
  server.answer(epoch_reset(1));
  const Seen seen = server.take();
  const auto sends = seen.all<wire::Send>();
  ASSERT_EQ(sends.size(), 3u);
  ASSERT_EQ(seen.renumbered.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(sends[i].cseq.value, i + 1);
    EXPECT_TRUE(sends[i].renumbered);
    EXPECT_EQ(sends[i].client_msg_id, waiting[i].send.client_msg_id);
    EXPECT_EQ(sends[i].body, waiting[i].send.body);
    EXPECT_EQ(seen.renumbered[i].from, waiting[i].send.cseq);
    EXPECT_EQ(seen.renumbered[i].to, sends[i].cseq);
  }
  EXPECT_EQ(server.send(kRoom, "next").cseq, Cseq(4));
}

TEST(EpochReset, StoresTheNewNumbersBeforeItSends) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.send(kRoom, "a");
  server.reconnect();
  server.take();
  server.hold_persists();
  server.answer(epoch_reset(7));
  const Seen seen = server.take();
  EXPECT_TRUE(seen.sent().empty());
  const auto puts = seen.all_persisted<PersistOutboxPut>();
  ASSERT_EQ(puts.size(), 1u);
  EXPECT_EQ(puts[0].send.cseq, Cseq(7));
  EXPECT_EQ(puts[0].last_cseq, Cseq(7));
  server.persist_all();
  EXPECT_EQ(server.take().sent(), Cseqs{7});
}

TEST(EpochReset, WithAnEmptyOutboxTheNextMessageGetsWhatTheLogExpects) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.send(kRoom, "a");
  server.accept(kRoom, 1, 6);
  server.send(kRoom, "b");
  server.accept(kRoom, 2, 7);
  server.answer(epoch_reset(1));
  EXPECT_EQ(server.send(kRoom, "c").cseq, Cseq(1));
}

TEST(EpochReset, UnaskedOnALiveConnectionSwallowsTheOldAnswersFirst) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.send(kRoom, "a");
  server.send(kRoom, "b");
  server.take();
  server.answer(epoch_reset(2));
  EXPECT_TRUE(server.take().sent().empty());
  // Of the attempts under the old numbers: 2 was "b" then, and is "a" now.
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::StaleEpoch, .epoch = Epoch(2)});
  server.result({.room = kRoom, .cseq = Cseq(2), .status = wire::SendStatus::StaleEpoch, .epoch = Epoch(2)});
  const Seen seen = server.take();
  EXPECT_TRUE(seen.settled.empty());
  EXPECT_EQ(seen.sent(), (Cseqs{2, 3}));
}

TEST(EpochReset, ThatComesTwiceDoesNotSetTheCounterBack) {
  ScriptedServer server;
  server.bring_online();
  server.answer(epoch_reset(5));
  EXPECT_EQ(server.send(kRoom, "a").cseq, Cseq(5));
  server.accept(kRoom, 5, 4, 2);
  // The answer to a Sync from before: the log was asked for the counter before it had "a".
  server.answer(epoch_reset(5));
  EXPECT_EQ(server.send(kRoom, "b").cseq, Cseq(6));
}

TEST(OtherResets, KeepTheNumbers) {
  for (const auto reason : {wire::ResetReason::TooFar, wire::ResetReason::Truncated}) {
    ScriptedServer server;
    server.bring_online({kRoom}, 5);
    server.send(kRoom, "a");
    server.send(kRoom, "b");
    server.accept(kRoom, 1, 6);
    server.reconnect();
    server.take();
    server.answer({.room = kRoom,
                   .status = wire::SyncStatus::Reset,
                   .reason = reason,
                   .epoch = Epoch(1),
                   .head = Seq(5000),
                   .start = {Epoch(1), Seq(4900), PrefixHash(1)},
                   .next_cseq = Cseq(2)});
    const Seen seen = server.take();
    EXPECT_TRUE(seen.renumbered.empty());
    EXPECT_EQ(seen.sent(), Cseqs{2});
    EXPECT_FALSE(seen.all<wire::Send>()[0].renumbered);
  }
}

TEST(LostCounter, WhatWaitsKeepsItsNumbersWhenTheLogIsAheadOfThem) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.send(kRoom, "a");  // it may have been sent, and forty others after it, before the storage was put back
  server.reconnect();
  server.take();
  server.answer(reset_far_ahead(wire::ResetReason::TooFar));
  EXPECT_EQ(server.take().sent(), Cseqs{1});
}

TEST(LostCounter, WhatWaitsKeepsItsNumbersOnADeviceThatWasClonedBeforeItHeldAnything) {
  ScriptedServer server;
  server.start();
  server.connect();
  server.welcome();
  server.list({kRoom});
  server.send(kRoom, "a");  // its twin may have sent it, and forty others after it
  server.send(kRoom, "b");
  server.take();
  server.answer(reset_far_ahead(wire::ResetReason::NewDevice));
  Seen seen = server.take();
  EXPECT_TRUE(seen.renumbered.empty());
  EXPECT_EQ(seen.sent(), (Cseqs{1, 2}));
  server.result(
      {.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Duplicate, .epoch = Epoch(1), .seq = Seq(7)});
  server.result({.room = kRoom, .cseq = Cseq(2), .status = wire::SendStatus::Conflict, .epoch = Epoch(1)});
  seen = server.take();
  EXPECT_EQ(seen.settled.size(), 1u);
  EXPECT_EQ(seen.fatals, std::vector{FatalReason::DeviceConflict});
}

TEST(LostCounter, WhereNothingWaitsTheLogsNumbersAreFollowed) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.reconnect();
  server.take();
  server.answer(reset_far_ahead(wire::ResetReason::TooFar));
  EXPECT_EQ(server.send(kRoom, "a").cseq, Cseq(41));
}

TEST(OtherResets, ADivergedDeviceForgetsTheHeadAndTheNumbersOfTheOtherHistory) {
  ScriptedServer server;
  server.bring_online({kRoom}, 50);
  server.send(kRoom, "a");
  server.reconnect();
  server.take();
  server.answer({.room = kRoom,
                 .status = wire::SyncStatus::Reset,
                 .reason = wire::ResetReason::Diverged,
                 .epoch = Epoch(1),
                 .head = Seq(16),
                 .start = {Epoch(1), Seq(10), PrefixHash(1)},
                 .next_cseq = Cseq(7)});
  expect_numbered_by_the_log(server, Epoch(1), Cseq(7));
  server.reconnect();
  const auto syncs = server.take().all<wire::Sync>();
  ASSERT_EQ(syncs.size(), 1u);
  EXPECT_EQ(syncs[0].rooms.at(0).floor, Seq(16));
}

TEST(LostCounter, AConflictInAnotherHistoryOfARoomThatWasLeftIsARefusal) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom, .role = wire::Role::None}});
  server.send(kRoom, "a");
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::StaleEpoch, .epoch = Epoch(2)});
  server.take();
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Conflict, .epoch = Epoch(2)});
  const Seen seen = server.take();
  EXPECT_TRUE(seen.fatals.empty());
  ASSERT_EQ(seen.settled.size(), 1u);
  EXPECT_EQ(seen.settled[0].status, wire::SendStatus::Forbidden);
  // Back among the members, the device asks with what it holds of the earlier epoch, and is told where the numbers go on.
  server.receive(wire::RoomChanged{.rooms_version = 3, .info = {.room = kRoom, .role = wire::Role::Member}});
  server.pass(1s);
  const auto syncs = server.take().all<wire::Sync>();
  ASSERT_EQ(syncs.size(), 1u);
  EXPECT_EQ(syncs[0].rooms.at(0).cursor, cursor_at(kRoom, 5));
}

TEST(LostCounter, AfterAConflictInAnotherHistoryTheLogIsAskedForItsNumber) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom, .role = wire::Role::None}});
  server.send(kRoom, "a");
  server.send(kRoom, "b");
  server.take();
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Conflict, .epoch = Epoch(1)});
  // The answer to "b" under its old number says nothing of what it is under the new one.
  server.result({.room = kRoom, .cseq = Cseq(2), .status = wire::SendStatus::Conflict, .epoch = Epoch(1)});
  Seen seen = server.take();
  EXPECT_EQ(seen.settled.size(), 1u);
  ASSERT_EQ(seen.sent().size(), 1u);
  const Cseq beyond(seen.sent()[0]);
  EXPECT_GT(beyond, Cseq(1'000'000'000));
  const auto stored = seen.all_persisted<PersistOutboxPut>();
  ASSERT_EQ(stored.size(), 1u) << "a crash must not bring the other history's number back";
  EXPECT_EQ(stored[0].send.cseq, beyond);
  server.result(
      {.room = kRoom, .cseq = beyond, .status = wire::SendStatus::OutOfOrder, .epoch = Epoch(1), .expected = Cseq(41)});
  const auto sends = server.take().all<wire::Send>();
  ASSERT_EQ(sends.size(), 1u);
  EXPECT_EQ(sends[0].cseq, Cseq(41));
  EXPECT_TRUE(sends[0].renumbered);
}

TEST(LostCounter, WhatIsWrittenAfterAConflictInAnotherHistoryIsNumberedByTheLog) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom, .role = wire::Role::None}});
  server.send(kRoom, "a");
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Conflict, .epoch = Epoch(1)});
  server.receive(wire::RoomChanged{.rooms_version = 3, .info = {.room = kRoom, .role = wire::Role::Member}});
  server.pass(1s);
  server.answer_live(server.take());
  const Cseq beyond = server.send(kRoom, "b").cseq;
  server.result(
      {.room = kRoom, .cseq = beyond, .status = wire::SendStatus::OutOfOrder, .epoch = Epoch(1), .expected = Cseq(41)});
  EXPECT_EQ(server.take().sent().back(), 41u);
  EXPECT_EQ(server.send(kRoom, "c").cseq, Cseq(42));
}

TEST(LostCounter, AConflictBeforeTheRoomsSyncIsAnsweredIsTriedAgainUnderTheNumberThatTheLogExpects) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom, .role = wire::Role::None}});
  server.send(kRoom, "a");
  server.receive(wire::RoomChanged{.rooms_version = 3, .info = {.room = kRoom, .role = wire::Role::Member}});
  server.pass(1s);
  server.take();
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Conflict, .epoch = Epoch(1)});
  Seen seen = server.take();
  EXPECT_TRUE(seen.fatals.empty());
  EXPECT_TRUE(seen.sent().empty());
  server.answer({.room = kRoom,
                 .status = wire::SyncStatus::Reset,
                 .reason = wire::ResetReason::Diverged,
                 .epoch = Epoch(1),
                 .head = Seq(16),
                 .start = {Epoch(1), Seq(10), PrefixHash(1)},
                 .next_cseq = Cseq(7)});
  expect_numbered_by_the_log(server, Epoch(1), Cseq(7));
  server.result({.room = kRoom, .cseq = Cseq(7), .status = wire::SendStatus::Conflict, .epoch = Epoch(1)});
  EXPECT_EQ(server.take().fatals, std::vector{FatalReason::DeviceConflict}) << "the log is the one that it knows";
}

TEST(LeftRoom, WaitingMessagesGoUnderAnEarlierEpochToo) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.answer(epoch_reset(1));
  leave(server);
  server.send(kRoom, "a");
  server.take();
  // The log was restored, where the device is, and an older file has been copied over it since.
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::StaleEpoch, .epoch = Epoch(1)});
  const auto sends = server.take().all<wire::Send>();
  ASSERT_EQ(sends.size(), 1u);
  EXPECT_EQ(sends[0].epoch, Epoch(1));
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Forbidden, .epoch = Epoch(1)});
  EXPECT_EQ(server.take().settled.size(), 1u);
  // Back among the members, the device says that it knows of a later history.
  const auto syncs = come_back(server).all<wire::Sync>();
  ASSERT_EQ(syncs.size(), 1u);
  EXPECT_EQ(syncs[0].rooms.at(0).cursor, cursor_at(kRoom, 3, 2));
}

TEST(LeftRoom, WhoComesBackIntoALaterEpochIsGivenItsNumbers) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  leave(server);
  server.send(kRoom, "a");
  server.take();
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::StaleEpoch, .epoch = Epoch(2)});
  EXPECT_EQ(server.take().all<wire::Send>().at(0).epoch, Epoch(2));
  // A Reset comes only to who asks with what they hold, and not with the epoch that a refusal named.
  const auto syncs = come_back(server).all<wire::Sync>();
  ASSERT_EQ(syncs.size(), 1u);
  EXPECT_EQ(syncs[0].rooms.at(0).cursor, cursor_at(kRoom, 5));
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Conflict, .epoch = Epoch(2)});
  // The answer is from before the log took what was on its way, under the numbers from 7 on.
  server.answer(epoch_reset(7));
  expect_numbered_by_the_log(server, Epoch(2), Cseq(9));
}

TEST(LeftRoom, AnAcknowledgementInALaterEpochIsClaimedOfTheEarlierOne) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  leave(server);
  server.send(kRoom, "a");
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::StaleEpoch, .epoch = Epoch(2)});
  server.result(
      {.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Duplicate, .epoch = Epoch(2), .seq = Seq(9)});
  EXPECT_EQ(server.take().settled.size(), 1u);
  // Should an older file have been copied over the log meanwhile, it is too short.
  const auto syncs = come_back(server).all<wire::Sync>();
  ASSERT_EQ(syncs.size(), 1u);
  EXPECT_EQ(syncs[0].rooms.at(0).cursor, cursor_at(kRoom, 5));
  EXPECT_EQ(syncs[0].rooms.at(0).floor, Seq(9));
}

TEST(LostCounter, ALogThatExpectsLessThanWasAcknowledgedIsFollowed) {
  ScriptedServer server;
  server.bring_online();
  server.send(kRoom, "a");
  server.accept(kRoom, 1, 1);
  server.send(kRoom, "b");
  server.take();
  server.result(
      {.room = kRoom, .cseq = Cseq(2), .status = wire::SendStatus::OutOfOrder, .epoch = Epoch(1), .expected = Cseq(1)});
  const auto sends = server.take().all<wire::Send>();
  ASSERT_EQ(sends.size(), 1u);
  EXPECT_EQ(sends[0].cseq, Cseq(1));
  EXPECT_EQ(sends[0].body, "b");
  EXPECT_TRUE(sends[0].renumbered);
}

TEST(Hostile, ACounterAtTheEndOfItsRangeEndsTheConnectionNotTheProgram) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.send(kRoom, "a");
  server.take();
  server.answer(epoch_reset(UINT32_MAX));
  EXPECT_EQ(server.take().close_codes, std::vector{wire::close_code::kProtocolError});
}

}  // namespace
}  // namespace starling::client
