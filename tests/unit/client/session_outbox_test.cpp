#include "common/wire/renumbered.h"
#include "tests/unit/client/scripted_server.h"

namespace starling::client {
namespace {

using namespace testing;
using Cseqs = std::vector<std::uint32_t>;

TEST(Send, CountsPerRoomFromOne) {
  ScriptedServer server;
  server.bring_online({kRoom, kOther});
  EXPECT_EQ(server.send(kRoom, "a").cseq, Cseq(1));
  EXPECT_EQ(server.send(kRoom, "b").cseq, Cseq(2));
  EXPECT_EQ(server.send(kOther, "c").cseq, Cseq(1));
}

TEST(Send, IsStoredBeforeItsFirstAttempt) {
  ScriptedServer server;
  server.bring_online();
  server.hold_persists();
  const Sent sent = server.send(kRoom, "a");
  Seen seen = server.take();
  EXPECT_TRUE(seen.sent().empty());
  ASSERT_EQ(seen.all_persisted<PersistOutboxPut>().size(), 1u);
  EXPECT_EQ(seen.all_persisted<PersistOutboxPut>()[0].send.client_msg_id, sent.client_msg_id);
  EXPECT_EQ(seen.all_persisted<PersistOutboxPut>()[0].last_cseq, Cseq(1));
  server.persist_all();
  EXPECT_EQ(server.take().sent(), Cseqs{1});
}

TEST(Send, GoesNoFurtherThanTheLogFindsAgainWhatStorageStillHas) {
  ScriptedServer server;
  server.bring_online();
  constexpr std::uint32_t kFound = wire::limits::kRenumberedFoundMax;
  for (std::uint32_t i = 0; i < kFound + 8; ++i) server.send(kRoom, "waited");
  server.hold_persists();
  for (std::uint32_t cseq = 1; cseq <= kFound; ++cseq) server.accept(kRoom, cseq, cseq);
  EXPECT_EQ(server.take().sent().back(), kFound);
  server.persist_all();
  EXPECT_EQ(server.take().sent().size(), 8u);
}

TEST(Send, SettlesWithItsPlaceInTheLogAndLeavesTheStore) {
  ScriptedServer server;
  server.bring_online();
  const Sent sent = server.send(kRoom, "a");
  server.take();
  server.accept(kRoom, 1, 9);
  const Seen seen = server.take();
  ASSERT_EQ(seen.settled.size(), 1u);
  EXPECT_EQ(seen.settled[0].client_msg_id, sent.client_msg_id);
  EXPECT_EQ(seen.settled[0].seq, Seq(9));
  ASSERT_EQ(seen.all_persisted<PersistOutboxRemove>().size(), 1u);
  EXPECT_EQ(seen.all_persisted<PersistOutboxRemove>()[0].state.floor, Seq(9));
  EXPECT_TRUE(server.session().outbox().empty());
}

TEST(Send, ThatIsAnsweredBusySaysWhenItGoesAgainAndGoesThen) {
  ScriptedServer server;
  server.bring_online();
  server.send(kRoom, "a");
  server.take();
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Busy, .retry_after_ms = 4000});
  const Seen seen = server.take();
  ASSERT_EQ(seen.held.size(), 1u);
  EXPECT_EQ(seen.held[0].room, kRoom);
  const Duration wait = seen.held[0].until - server.now();
  EXPECT_GE(wait, 4s);
  EXPECT_LE(wait, 6s);
  server.pass(wait - 1ms);
  EXPECT_TRUE(server.take().sent().empty());
  server.pass(2ms);
  EXPECT_EQ(server.take().sent(), Cseqs{1});
}

TEST(Send, WhileOfflineItWaitsAndGoesOnceTheRoomIsSynced) {
  ScriptedServer server;
  server.bring_online();
  server.disconnect();
  server.send(kRoom, "a");
  server.send(kRoom, "b");
  server.pass(2s);
  server.connect();
  server.welcome();
  const Seen seen = server.take();
  EXPECT_TRUE(seen.sent().empty()) << "the answer might be a Reset";
  server.answer_live(seen);
  EXPECT_EQ(server.take().sent(), (Cseqs{1, 2}));
}

TEST(Send, WhatIsUnansweredGoesAgainInOrderOnTheNextConnection) {
  ScriptedServer server;
  server.bring_online();
  for (int i = 0; i < 3; ++i) server.send(kRoom, "m");
  const auto first = server.take().all<wire::Send>();
  server.accept(kRoom, 1, 1);
  server.reconnect();
  server.answer_live(server.take());
  const auto again = server.take().all<wire::Send>();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0], first[1]);
  EXPECT_EQ(again[1], first[2]);
  EXPECT_EQ(server.session().counters().replayed, 2u);
}

TEST(Send, NamesTheEpochOfTheCursor) {
  ScriptedServer server;
  server.bring_online();
  server.answer(epoch_reset(1));
  server.send(kRoom, "a");
  EXPECT_EQ(server.take().all<wire::Send>()[0].epoch, Epoch(2));
}

TEST(Send, AStaleEpochSyncsTheRoomFirst) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.pass(1s);
  server.send(kRoom, "a");
  server.take();
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::StaleEpoch, .epoch = Epoch(2)});
  Seen seen = server.take();
  EXPECT_TRUE(seen.sent().empty());
  ASSERT_EQ(seen.all<wire::Sync>().size(), 1u);
  server.answer(epoch_reset(1));
  EXPECT_EQ(server.take().sent(), Cseqs{1});
}

TEST(Send, AClonedDeviceStopsAndKeepsTheMessage) {
  ScriptedServer server;
  server.bring_online();
  server.send(kRoom, "a");
  server.take();
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Conflict, .epoch = Epoch(1)});
  const Seen seen = server.take();
  EXPECT_EQ(seen.fatals, std::vector{FatalReason::DeviceConflict});
  EXPECT_EQ(seen.links, std::vector{Output::Link::Disconnect});
  EXPECT_TRUE(seen.settled.empty());
  ASSERT_EQ(server.session().outbox().entries(kRoom).size(), 1u);
  EXPECT_EQ(server.session().outbox().entries(kRoom)[0].send.body, "a");
}

TEST(Send, WithoutAnAnswerItGoesAgainOnTheSameConnection) {
  ScriptedServer server;
  server.bring_online();
  server.send(kRoom, "a");
  const auto first = server.take().all<wire::Send>();
  server.pass_with_chatter(limits::kAnswerTimeout);
  EXPECT_EQ(server.take().all<wire::Send>(), first);
}

TEST(Send, ToARoomThatWasLeftIsSettledByTheLogsRefusal) {
  ScriptedServer server;
  server.bring_online();
  server.disconnect();
  server.send(kRoom, "too late");
  server.pass(2s);
  server.connect();
  server.welcome(2);
  server.answer({.room = kRoom, .status = wire::SyncStatus::NotMember});
  EXPECT_EQ(server.take().sent(), Cseqs{1});
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Forbidden, .epoch = Epoch(1)});
  EXPECT_EQ(server.take().settled.size(), 1u);
  EXPECT_TRUE(server.session().outbox().empty());
}

TEST(Send, ToARoomThatWasLeftAndLostItsEpochIsSettledToo) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.disconnect();
  server.send(kRoom, "too late");
  server.pass(2s);
  server.connect();
  server.welcome(2);
  server.answer({.room = kRoom, .status = wire::SyncStatus::NotMember});
  server.take();
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::StaleEpoch, .epoch = Epoch(2)});
  const auto sends = server.take().all<wire::Send>();
  ASSERT_EQ(sends.size(), 1u);
  EXPECT_EQ(sends[0].epoch, Epoch(2));
}

TEST(Send, AConflictInARoomThatWasLeftTakesNothingFromWhatIsShown) {
  ScriptedServer server;
  server.bring_online({kRoom}, 5);
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom, .role = wire::Role::None}});
  server.send(kRoom, "what a twin has sent");
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Conflict, .epoch = Epoch(1)});
  server.take();
  server.pass(1s);
  server.receive(wire::RoomChanged{.rooms_version = 3, .info = {.room = kRoom, .role = wire::Role::Member}});
  const auto syncs = server.take().all<wire::Sync>();
  ASSERT_EQ(syncs.size(), 1u);
  EXPECT_EQ(syncs[0].rooms[0].cursor, cursor_at(kRoom, 5));
}

TEST(Send, WhoNeverHeldAnythingOfARoomThatWasLeftIsGivenAResetLater) {
  ScriptedServer server;
  server.start();
  server.connect();
  server.welcome();
  server.list({kRoom});
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom, .role = wire::Role::None}});
  server.take();
  server.send(kRoom, "too late");
  EXPECT_EQ(server.take().all<wire::Send>().at(0).epoch, Epoch());
  server.result({.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::StaleEpoch, .epoch = Epoch(1)});
  EXPECT_EQ(server.take().all<wire::Send>().at(0).epoch, Epoch(1));
  server.pass(1s);
  server.receive(wire::RoomChanged{.rooms_version = 3, .info = {.room = kRoom, .role = wire::Role::Member}});
  const auto syncs = server.take().all<wire::Sync>();
  ASSERT_EQ(syncs.size(), 1u);
  EXPECT_EQ(syncs[0].rooms[0].cursor, wire::Cursor());
}

TEST(Send, ToARoomThatIsOffSubscribesToNothingButLearnsTheEpoch) {
  ScriptedServer server(Settings{.first_mode = wire::SyncMode::Off});
  server.start();
  server.connect();
  server.welcome();
  server.list({kRoom});
  EXPECT_TRUE(server.take().all<wire::Sync>().empty());
  server.send(kRoom, "a");
  const Seen seen = server.take();
  EXPECT_TRUE(seen.sent().empty());
  ASSERT_EQ(seen.all<wire::Sync>().size(), 1u);
  EXPECT_EQ(seen.all<wire::Sync>()[0].rooms[0].mode, wire::SyncMode::Off);
  server.answer({.room = kRoom, .status = wire::SyncStatus::Off, .epoch = Epoch(4), .head = Seq(9)});
  ASSERT_EQ(server.take().all<wire::Send>().size(), 1u);
}

TEST(Commands, WhatTheServersCodecWouldRefuseNeverEntersTheOutbox) {
  ScriptedServer server;
  server.bring_online();
  const auto error_of = [&](RoomId room, Draft draft) {
    return server.command(
        [&](Session& session, Instant now, Output& out) { return session.send(room, std::move(draft), now, out); });
  };
  const auto body = [](std::size_t n) { return std::string(n, 'x'); };
  EXPECT_TRUE(error_of(kRoom, {.body = body(wire::limits::kBodyBytesMax)}).has_value());
  EXPECT_EQ(error_of(kRoom, {.body = body(wire::limits::kBodyBytesMax + 1)}).error(), CommandError::TooLarge);
  using enum wire::EventKind;
  EXPECT_TRUE(error_of(kRoom, {.kind = ReactionAdd, .body = body(wire::limits::kEmojiBytesMax)}).has_value());
  EXPECT_EQ(error_of(kRoom, {.kind = ReactionAdd, .body = body(wire::limits::kEmojiBytesMax + 1)}).error(),
            CommandError::TooLarge);
  EXPECT_EQ(error_of(kRoom, {.kind = RoomTitle, .body = body(wire::limits::kTitleBytesMax + 1)}).error(),
            CommandError::TooLarge);
  EXPECT_EQ(error_of(kRoom, {.kind = RoomTitle, .body = "\xff"}).error(), CommandError::BadText);
  EXPECT_TRUE(error_of(kRoom, {.body = "\xff"}).has_value()) << "a message's body is opaque";
  EXPECT_EQ(error_of(kOther, {.body = "x"}).error(), CommandError::UnknownRoom);
  EXPECT_EQ(server.session().outbox().size(), 3u);
}

TEST(Commands, TheOutboxHasALimit) {
  ScriptedServer server(Settings{.durable = false});
  server.bring_online();
  const auto send = [&] {
    return server.command(
        [&](Session& session, Instant now, Output& out) { return session.send(kRoom, {.body = "x"}, now, out); });
  };
  for (std::size_t i = 0; i < limits::kOutboxEntriesMax; ++i) ASSERT_TRUE(send().has_value());
  EXPECT_EQ(send().error(), CommandError::Full);
}

}  // namespace
}  // namespace starling::client
