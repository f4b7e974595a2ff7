// Subscribing and resuming.
#include "common/base/probe.h"
#include "tests/unit/core/rig.h"

namespace starling::core::testing {
namespace {

class SyncTest : public ::testing::Test {
 protected:
  explicit SyncTest(std::size_t messages = 10) { rig.store.add_room(kRoom, {kAlice, kBob}, messages); }
  End online(UserId user = kAlice, DeviceId device = DeviceId(10)) { return rig.connect(user, device); }
  /// What alice's device sends first.
  static wire::Send about(wire::EventKind kind, Seq target, std::string body = {}) {
    return {.room = kRoom,
            .epoch = Epoch(1),
            .cseq = Cseq(1),
            .client_msg_id = ClientMsgId(5),
            .kind = kind,
            .target = target,
            .body = std::move(body)};
  }
  Rig rig;
};

TEST_F(SyncTest, ACursorAtTheHeadGoesLiveWithoutAReadOfTheLog) {
  const End alice = online();
  const wire::Cursor cursor = rig.at_head();
  rig.sync(alice, cursor);
  const wire::SyncedRoom synced = rig.heard(alice).synced();
  EXPECT_EQ(synced.status, wire::SyncStatus::Live);
  EXPECT_EQ(synced.start, cursor);
  EXPECT_EQ(synced.head, Seq(12));
  EXPECT_EQ(rig.submitted<ports::ReadPage>(), 0u);
  EXPECT_EQ(rig.submitted<ports::LoadRoom>(), 1u);
}

TEST_F(SyncTest, ACursorBehindGetsTheRestAndThenLiveEventsWithoutAGap) {
  const End alice = online();
  const End bob = online(kBob, DeviceId(20));
  rig.sync(bob, rig.at_head());
  rig.hold_store();
  rig.sync(alice, rig.at(5));
  rig.say(bob, rig.message(1));  // committed while the page is being read
  rig.complete_next();
  rig.let_store_run();
  EXPECT_EQ(rig.heard(alice).synced().status, wire::SyncStatus::Live);
  EXPECT_EQ(rig.heard(alice).seqs(), (std::vector<std::uint64_t>{6, 7, 8, 9, 10, 11, 12, 13}));
}

TEST_F(SyncTest, RegistrationComesBeforeTheReadOfHistory) {
  const End bob = online(kBob, DeviceId(20));
  rig.sync(bob, rig.at_head());
  const End alice = online();
  rig.hold_store();
  rig.sync(alice, rig.at(3));
  ASSERT_EQ(rig.held_of<ports::ReadPage>(), 1u);
  // The store reads the page; then an event is committed and published; then the page arrives.
  const std::uint64_t id = rig.held_id();
  ports::StoreCompletion page{.id = id, .result = rig.store.execute(rig.take_held())};
  rig.say(bob, rig.message(1));
  rig.complete_next();
  EXPECT_TRUE(rig.heard(alice).seqs().empty());
  rig.input(0, StoreCompleted{std::move(page)});
  std::vector<std::uint64_t> expected;
  for (std::uint64_t seq = 4; seq <= 13; ++seq) expected.push_back(seq);
  EXPECT_EQ(rig.heard(alice).seqs(), expected);
}

TEST_F(SyncTest, ANewDeviceGetsAWindowFromACheckpoint) {
  rig.store.add_room(RoomId(0x20), {kAlice}, 699);
  const End alice = online();
  rig.sync(alice, {}, wire::SyncMode::Full, RoomId(0x20));
  const wire::SyncedRoom synced = rig.heard(alice).synced(RoomId(0x20));
  EXPECT_EQ(synced.status, wire::SyncStatus::Reset);
  EXPECT_EQ(synced.reason, wire::ResetReason::NewDevice);
  EXPECT_EQ(synced.start, rig.at(512, RoomId(0x20)));
  EXPECT_EQ(synced.next_cseq, Cseq(1));
  EXPECT_EQ(rig.heard(alice).seqs(RoomId(0x20)).front(), 513u);
  EXPECT_EQ(rig.heard(alice).seqs(RoomId(0x20)).back(), 700u);
}

TEST_F(SyncTest, TooFarBehindIsAReset) {
  rig.store.add_room(RoomId(0x20), {kAlice}, 1999);
  const End alice = online();
  rig.sync(alice, rig.at(900, RoomId(0x20)), wire::SyncMode::Full, RoomId(0x20));
  EXPECT_EQ(rig.heard(alice).synced(RoomId(0x20)).reason, wire::ResetReason::TooFar);
  rig.forget_heard();
  rig.sync(alice, rig.at(1000, RoomId(0x20)), wire::SyncMode::Full, RoomId(0x20));
  EXPECT_EQ(rig.heard(alice).synced(RoomId(0x20)).status, wire::SyncStatus::Live);
}

TEST_F(SyncTest, BelowWhatRetentionKeptIsAReset) {
  rig.store.room(kRoom).min_seq = Seq(8);
  const End alice = online();
  rig.sync(alice, rig.at(5));
  const wire::SyncedRoom synced = rig.heard(alice).synced();
  EXPECT_EQ(synced.reason, wire::ResetReason::Truncated);
  EXPECT_EQ(synced.start, rig.at(7));
  EXPECT_EQ(rig.heard(alice).seqs().front(), 8u);
}

TEST_F(SyncTest, AnOlderEpochIsAResetThatNamesTheNextNumber) {
  rig.store.room(kRoom).epoch = Epoch(3);
  rig.store.room(kRoom).devices[DeviceId(10)] = Cseq(41);
  const End alice = online();
  wire::Cursor cursor = rig.at(5);
  cursor.epoch = Epoch(2);
  rig.sync(alice, cursor);
  const wire::SyncedRoom synced = rig.heard(alice).synced();
  EXPECT_EQ(synced.reason, wire::ResetReason::Epoch);
  EXPECT_EQ(synced.epoch, Epoch(3));
  EXPECT_EQ(synced.next_cseq, Cseq(42));
}

TEST_F(SyncTest, ADeviceThatHoldsNothingIsToldItsNextNumberHoweverItFollows) {
  rig.store.room(kRoom).devices[DeviceId(10)] = Cseq(18);
  const End alice = online();
  for (const wire::SyncMode mode : {wire::SyncMode::Full, wire::SyncMode::Heads, wire::SyncMode::Off}) {
    rig.sync(alice, {}, mode);
    EXPECT_EQ(rig.heard(alice).synced().next_cseq, Cseq(19)) << static_cast<int>(mode);
  }
}

TEST_F(SyncTest, ACursorAboveTheHeadRaisesTheEpochForEverybodyOnceAStart) {
  const End alice = online();
  const End bob = online(kBob, DeviceId(20));
  rig.sync(bob, rig.at_head());
  rig.forget_heard();
  wire::Cursor beyond = rig.at_head();
  beyond.seq = Seq(20);
  rig.sync(alice, beyond);
  EXPECT_EQ(rig.store.room(kRoom).epoch, Epoch(16));
  EXPECT_EQ(rig.heard(alice).synced().reason, wire::ResetReason::Epoch);
  EXPECT_EQ(rig.heard(bob).synced().reason, wire::ResetReason::Epoch);
  EXPECT_EQ(rig.heard(bob).synced().epoch, Epoch(16));
  // Another such device only resets itself.
  rig.forget_heard();
  beyond.epoch = Epoch(16);
  rig.sync(alice, beyond);
  EXPECT_EQ(rig.store.room(kRoom).epoch, Epoch(16));
  EXPECT_EQ(rig.heard(alice).synced().reason, wire::ResetReason::Diverged);
  EXPECT_TRUE(rig.heard(bob).frames.empty());
}

TEST_F(SyncTest, AnotherHashIsAnotherHistory) {
  const End alice = online();
  wire::Cursor other = rig.at(5);
  other.hash = PrefixHash(12345);
  rig.sync(alice, other);
  EXPECT_EQ(rig.heard(alice).synced().reason, wire::ResetReason::Epoch);
  EXPECT_EQ(rig.store.room(kRoom).epoch, Epoch(16));
}

TEST_F(SyncTest, ADisputeGoesBeyondTheEpochThatTheDeviceKnows) {
  const End alice = online();
  wire::Cursor later = rig.at_head();
  later.epoch = Epoch(17);  // a restore had raised it; then an older file was copied over the log
  rig.sync(alice, later);
  EXPECT_EQ(rig.store.room(kRoom).epoch, Epoch(32));
  EXPECT_EQ(rig.heard(alice).synced().reason, wire::ResetReason::Epoch);
}

TEST_F(SyncTest, WhoIsNotAMemberIsToldSoAndGetsNothing) {
  const End carol = online(kCarol, DeviceId(30));
  rig.sync(carol, {});
  EXPECT_EQ(rig.heard(carol).synced().status, wire::SyncStatus::NotMember);
  rig.sync(carol, {}, wire::SyncMode::Full, RoomId(77));
  EXPECT_EQ(rig.heard(carol).synced(RoomId(77)).status, wire::SyncStatus::NotMember);
  EXPECT_TRUE(rig.heard(carol).seqs().empty());
  EXPECT_EQ(rig.shard().counters().rooms_local, 0u);
}

TEST_F(SyncTest, AStoreThatCannotReadMakesTheRoomUnavailableForAWhile) {
  const End alice = online();
  rig.hold_store();
  rig.sync(alice, rig.at_head());
  rig.complete_next(ports::StoreStatus::Unavailable);
  EXPECT_EQ(rig.heard(alice).synced().status, wire::SyncStatus::Unavailable);
  EXPECT_GT(rig.heard(alice).synced().retry_after_ms, 0u);
  rig.let_store_run();
  rig.sync(alice, rig.at_head());
  EXPECT_EQ(rig.heard(alice).synced().status, wire::SyncStatus::Live);
}

TEST_F(SyncTest, HeadsAreToldAtMostOnceASecond) {
  const End alice = online();
  const End bob = online(kBob, DeviceId(20));
  rig.sync(alice, rig.at_head(), wire::SyncMode::Heads);
  EXPECT_EQ(rig.heard(alice).synced().status, wire::SyncStatus::Heads);
  for (std::uint32_t i = 1; i <= 30; ++i) {
    rig.say(bob, rig.message(i));
    rig.pass(100ms);
  }
  rig.pass(1s);
  const auto heads = rig.heard(alice).all<wire::Head>();
  EXPECT_GE(heads.size(), 2u);
  EXPECT_LE(heads.size(), 4u);
  EXPECT_EQ(heads.back().seq, Seq(42));
  EXPECT_TRUE(rig.heard(alice).seqs().empty());
}

TEST_F(SyncTest, AnEventIsEncodedOnceForAllItsRecipients) {
  std::vector<End> ends;
  for (std::uint64_t i = 0; i < 20; ++i) {
    ends.push_back(online(kAlice, DeviceId(100 + i)));
    rig.sync(ends.back(), rig.at_head());
  }
  rig.hold_store();
  rig.say(ends[0], rig.message(1));
  ports::StoreCompletion done{.id = rig.held_id(), .result = rig.store.execute(rig.take_held())};
  Effects effects;
  rig.shard().on(rig.now(), StoreCompleted{std::move(done)}, effects);
  ASSERT_EQ(effects.sends.size(), 2u);  // the answer, and the event
  EXPECT_EQ(effects.sends[1].count, 20u);
}

TEST_F(SyncTest, HistoryIsForMembersAndCarriesWhatBelongsToIt) {
  const End alice = online();
  const End carol = online(kCarol, DeviceId(30));
  rig.say(alice, wire::Send{.room = kRoom,
                            .epoch = Epoch(1),
                            .cseq = Cseq(1),
                            .client_msg_id = ClientMsgId(5),
                            .kind = wire::EventKind::ReactionAdd,
                            .target = Seq(4),
                            .body = "+"});
  rig.say(alice, wire::HistoryRequest{.request_id = 1, .room = kRoom, .from = Seq(6), .limit = 3});
  rig.say(carol, wire::HistoryRequest{.request_id = 2, .room = kRoom});
  const auto pages = rig.heard(alice).all<wire::HistoryPage>();
  ASSERT_EQ(pages.size(), 1u);
  EXPECT_EQ(pages[0].events.size(), 3u);
  EXPECT_EQ(pages[0].events.front().seq, Seq(3));
  EXPECT_EQ(pages[0].hash_before, rig.store.room(kRoom).hash_at(Seq(2)));
  ASSERT_EQ(pages[0].related.size(), 1u);
  EXPECT_EQ(pages[0].as_of, Seq(13));
  EXPECT_EQ(rig.heard(carol).all<wire::HistoryPage>().at(0).status, wire::SyncStatus::NotMember);
}

TEST_F(SyncTest, APageOfHistoryIsReadOnceForAllWhoWantItMeanwhile) {
  const End alice = online();
  const End bob = online(kBob, DeviceId(20));
  for (const End end : {alice, bob}) rig.sync(end, rig.at_head());
  rig.hold_store();
  const wire::HistoryRequest request{.request_id = 7, .room = kRoom, .from = Seq(2), .backward = false, .limit = 4};
  wire::HistoryRequest same = request;
  same.request_id = 9;
  rig.say(alice, request);
  rig.say(bob, same);
  EXPECT_EQ(rig.held_of<ports::ReadPage>(), 1u);
  rig.let_store_run();
  for (const auto& [end, id] : {std::pair(alice, 7u), std::pair(bob, 9u)}) {
    const auto pages = rig.heard(end).all<wire::HistoryPage>();
    ASSERT_EQ(pages.size(), 1u);
    EXPECT_EQ(pages[0].request_id, id);
    EXPECT_EQ(pages[0].events.size(), 4u);
  }
}

TEST_F(SyncTest, APageThatWasReadBeforeTheLastEventIsNotForWhoKnowsOfIt) {
  const End alice = online();
  const End bob = online(kBob, DeviceId(20));
  for (const End end : {alice, bob}) rig.sync(end, rig.at_head());
  const wire::HistoryRequest rest{.request_id = 1, .room = kRoom, .from = Seq(10), .backward = false, .limit = 50};
  rig.hold_store();
  rig.say(alice, rest);
  const std::uint64_t id = rig.held_id();
  ports::StoreCompletion page{.id = id, .result = rig.store.execute(rig.take_held())};
  rig.say(bob, rig.message(1));
  rig.complete_next();
  rig.say(bob, rest);
  rig.let_store_run();
  rig.input(0, StoreCompleted{.completion = std::move(page)});
  ASSERT_EQ(rig.heard(alice).all<wire::HistoryPage>().size(), 1u);
  EXPECT_EQ(rig.heard(alice).all<wire::HistoryPage>()[0].events.size(), 2u);
  ASSERT_EQ(rig.heard(bob).all<wire::HistoryPage>().size(), 1u);
  EXPECT_EQ(rig.heard(bob).all<wire::HistoryPage>()[0].events.size(), 3u);
}

TEST_F(SyncTest, APageThatWasReadBeforeADeletionIsNotForWhoAsksAfterIt) {
  const End alice = online();
  const End bob = online(kBob, DeviceId(20));
  for (const End end : {alice, bob}) rig.sync(end, rig.at_head());
  const wire::HistoryRequest request{.request_id = 1, .room = kRoom, .from = Seq(2), .backward = false, .limit = 4};
  rig.hold_store();
  rig.say(alice, request);
  const std::uint64_t id = rig.held_id();
  ports::StoreCompletion page{.id = id, .result = rig.store.execute(rig.take_held())};
  rig.say(alice, about(wire::EventKind::Delete, Seq(4)));
  rig.complete_next();
  rig.say(bob, request);
  rig.input(0, StoreCompleted{.completion = std::move(page)});
  EXPECT_EQ(rig.heard(alice).all<wire::HistoryPage>().size(), 1u);
  EXPECT_TRUE(rig.heard(bob).all<wire::HistoryPage>().empty());
  rig.let_store_run();
  ASSERT_EQ(rig.heard(bob).all<wire::HistoryPage>().size(), 1u);
  EXPECT_EQ(rig.heard(bob).all<wire::HistoryPage>()[0].related.size(), 1u);
}

TEST_F(SyncTest, APageForwardThatRetentionHasCutMeanwhileBeginsAtWhatIsLeft) {
  const RoomId old(0x20);
  rig.store.add_room(old, {kAlice, kBob}, 1999);
  const End alice = online();
  const End bob = online(kBob, DeviceId(20));
  rig.sync(alice, rig.at_head(old), wire::SyncMode::Full, old);
  rig.hold_store();
  rig.say(alice, wire::HistoryRequest{.request_id = 1, .room = old, .backward = false, .limit = 4});
  const std::uint64_t id = rig.held_id();
  ports::StoreCompletion page{.id = id, .result = rig.store.execute(rig.take_held())};
  rig.let_store_run();
  rig.store.room(old).min_seq = Seq(1500);
  rig.sync(bob, rig.at(1200, old), wire::SyncMode::Full, old);
  ASSERT_EQ(rig.heard(bob).synced(old).reason, wire::ResetReason::Truncated);
  rig.input(0, StoreCompleted{.completion = std::move(page)});
  const auto pages = rig.heard(alice).all<wire::HistoryPage>();
  ASSERT_EQ(pages.size(), 1u);
  ASSERT_EQ(pages[0].events.size(), 4u);
  EXPECT_EQ(pages[0].events.front().seq, Seq(1500));
}

TEST_F(SyncTest, AFloorThatTheRoomHasNotReachedIsNotAnsweredBelow) {
  const End alice = online();
  rig.sync(alice, rig.at_head());
  rig.say(alice, wire::HistoryRequest{.request_id = 1, .room = kRoom, .limit = 3, .floor = Seq(50)});
  EXPECT_EQ(rig.heard(alice).all<wire::HistoryPage>().at(0).status, wire::SyncStatus::Unavailable);
}

}  // namespace
}  // namespace starling::core::testing
