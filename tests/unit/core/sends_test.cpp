// From a send to its answer: what is acknowledged is committed, and what is committed is told.
#include <algorithm>

#include "common/base/probe.h"
#include "server/core/budget.h"
#include "tests/unit/core/rig.h"

namespace starling::core::testing {
namespace {

class SendsTest : public ::testing::Test {
 protected:
  void SetUp() override { begin({}); }
  void begin(Config config) {
    rig = std::make_unique<Rig>(1, config);
    rig->store.add_room(kRoom, {kAlice, kBob});
    alice = rig->connect(kAlice, DeviceId(10));
    bob = rig->connect(kBob, DeviceId(20));
    for (const End end : {alice, bob}) rig->sync(end, rig->at_head());
    rig->forget_heard();
    probe_counts = {};
  }
  std::vector<wire::SendResult> results() { return rig->heard(alice).all<wire::SendResult>(); }
  std::uint64_t count(Probe p) { return probe_counts[static_cast<std::size_t>(p)]; }

  std::unique_ptr<Rig> rig;
  End alice;
  End bob;
};

TEST_F(SendsTest, NothingIsSaidBeforeTheCommitAndAllOfItAfter) {
  rig->hold_store();
  rig->say(alice, rig->message(1));
  EXPECT_EQ(rig->held_of<ports::CommitBatch>(), 1u);
  EXPECT_TRUE(rig->heard(alice).frames.empty());
  EXPECT_TRUE(rig->heard(bob).frames.empty());
  rig->complete_next();
  ASSERT_EQ(results().size(), 1u);
  EXPECT_EQ(results()[0].status, wire::SendStatus::Accepted);
  EXPECT_EQ(results()[0].seq, Seq(3));
  EXPECT_EQ(rig->heard(alice).seqs(), std::vector<std::uint64_t>{3});
  EXPECT_EQ(rig->heard(bob).seqs(), std::vector<std::uint64_t>{3});
}

TEST_F(SendsTest, AnAttemptThatWasOvertakenByItsMessageUnderANewNumberIsNotTaken) {
  const wire::Send attempt = rig->message(2);
  wire::Send renumbered = attempt;
  renumbered.cseq = Cseq(1);
  renumbered.renumbered = true;
  for (const wire::Send& send : {attempt, renumbered, attempt}) rig->say(alice, send);
  ASSERT_EQ(results().size(), 3u);
  EXPECT_EQ(results()[0].status, wire::SendStatus::OutOfOrder);
  EXPECT_EQ(results()[1].status, wire::SendStatus::Accepted);
  EXPECT_EQ(results()[2].status, wire::SendStatus::RejectedBefore);
  EXPECT_EQ(rig->store.room(kRoom).head(), Seq(3));
}

TEST_F(SendsTest, EveryAnswerNamesTheMessage) {
  using enum wire::SendStatus;
  wire::Send other = rig->message(1);
  other.client_msg_id = ClientMsgId(77);
  for (const wire::Send& send : {rig->message(1), rig->message(1), other, rig->message(9)}) rig->say(alice, send);
  const auto answers = results();
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[0].status, Accepted);
  EXPECT_EQ(answers[1].status, Duplicate);
  EXPECT_EQ(answers[2].status, Conflict);
  EXPECT_EQ(answers[3].status, OutOfOrder);
  EXPECT_EQ(answers[0].client_msg_id, rig->message(1).client_msg_id);
  EXPECT_EQ(answers[1].client_msg_id, rig->message(1).client_msg_id);
  EXPECT_EQ(answers[2].client_msg_id, other.client_msg_id);
  EXPECT_EQ(answers[3].client_msg_id, rig->message(9).client_msg_id);
}

TEST_F(SendsTest, OneBatchOfARoomIsWithTheStoreAndTheRestGoesTogether) {
  rig->hold_store();
  for (std::uint32_t i = 1; i <= 5; ++i) rig->say(alice, rig->message(i));
  ASSERT_EQ(rig->held(), 1u);
  EXPECT_EQ(std::get<ports::CommitBatch>(rig->held_request()).rows.size(), 1u);
  rig->complete_next();
  ASSERT_EQ(rig->held(), 1u);
  EXPECT_EQ(std::get<ports::CommitBatch>(rig->held_request()).rows.size(), 4u);
  rig->complete_next();
  EXPECT_EQ(rig->heard(bob).seqs(), (std::vector<std::uint64_t>{3, 4, 5, 6, 7}));
}

TEST_F(SendsTest, AnUnknownOutcomeThatTookEffectIsShownAndItsIdenticalRepeatFound) {
  rig->hold_store();
  rig->say(alice, rig->message(1));
  rig->complete_next_unknown(true);
  rig->say(alice, rig->message(2));
  EXPECT_EQ(rig->held(), 0u);  // the room waits
  EXPECT_TRUE(rig->heard(alice).frames.empty());
  rig->pass(1s);
  ASSERT_EQ(rig->held_of<ports::ReadPage>(), 1u);
  rig->complete_next();
  // Other shards read it in the log meanwhile, and their sessions are shown it: nobody here is to be behind them.
  EXPECT_EQ(rig->heard(bob).seqs(), std::vector<std::uint64_t>{3});
  EXPECT_TRUE(results().empty());
  ASSERT_EQ(rig->held(), 1u);
  const auto& batch = std::get<ports::CommitBatch>(rig->held_request());
  ASSERT_EQ(batch.rows.size(), 1u);
  EXPECT_EQ(batch.rows[0].cseq, Cseq(1));
  rig->let_store_run();
  ASSERT_EQ(results().size(), 2u);
  EXPECT_EQ(results()[0].seq, Seq(3));
  EXPECT_EQ(rig->heard(bob).seqs(), (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(count(Probe::unknown_then_found), 1u);
}

TEST_F(SendsTest, AStoreThatCannotBeReadDoesNotHoldUpTheRepeat) {
  rig->hold_store();
  rig->say(alice, rig->message(1));
  rig->complete_next_unknown(true);
  rig->pass(1s);
  ASSERT_EQ(rig->held_of<ports::ReadPage>(), 1u);
  rig->complete_next(ports::StoreStatus::Unavailable);
  ASSERT_EQ(rig->held_of<ports::CommitBatch>(), 1u);
  const std::size_t reads = rig->submitted<ports::ReadPage>();
  rig->let_store_run();
  EXPECT_EQ(rig->submitted<ports::ReadPage>(), reads);  // its own rows are at hand
  EXPECT_EQ(results().at(0).seq, Seq(3));
  EXPECT_EQ(rig->heard(bob).seqs(), std::vector<std::uint64_t>{3});
  EXPECT_EQ(count(Probe::unknown_then_found), 1u);
}

TEST_F(SendsTest, WhatIsReadBeforeTheRepeatInALogThatWasPutBackIsNotShown) {
  rig->hold_store();
  rig->say(alice, rig->message(1));
  rig->complete_next_unknown(false);
  FakeRoom& room = rig->store.room(kRoom);
  room.epoch = Epoch(2);
  room.append({.room = kRoom, .sender = kAlice, .device = DeviceId(900), .cseq = Cseq(1), .body = "another"});
  rig->pass(1s);
  ASSERT_EQ(rig->held_of<ports::ReadPage>(), 1u);
  rig->complete_next();
  EXPECT_TRUE(rig->heard(bob).frames.empty());
  ASSERT_EQ(rig->held_of<ports::CommitBatch>(), 1u);
  rig->let_store_run();
  EXPECT_EQ(results().at(0).status, wire::SendStatus::StaleEpoch);
}

TEST_F(SendsTest, AnUnknownOutcomeWithoutEffectIsRepeatedUntilItHasOne) {
  rig->hold_store();
  rig->say(alice, rig->message(1));
  for (int i = 0; i < 2; ++i) {
    rig->complete_next_unknown(false);
    rig->pass(1s);
    ASSERT_EQ(rig->held_of<ports::ReadPage>(), 1u);
    rig->complete_next();
    ASSERT_EQ(rig->held_of<ports::CommitBatch>(), 1u);
  }
  rig->let_store_run();
  ASSERT_EQ(results().size(), 1u);
  EXPECT_EQ(results()[0].status, wire::SendStatus::Accepted);
  EXPECT_EQ(rig->heard(bob).seqs(), std::vector<std::uint64_t>{3});
  EXPECT_EQ(count(Probe::unknown_then_absent), 1u);
}

TEST_F(SendsTest, AStoreThatIsUnavailableIsAskedAgainWithoutAnAnswerBefore) {
  rig->hold_store();
  rig->say(alice, rig->message(1));
  for (int i = 0; i < 5; ++i) {
    rig->complete_next(ports::StoreStatus::Unavailable);
    rig->pass(1s);
    ASSERT_EQ(rig->held(), 1u);
  }
  EXPECT_TRUE(rig->heard(alice).frames.empty());
  EXPECT_NE(rig->shard().pending().find("room 16"), std::string::npos);
  rig->complete_next();
  EXPECT_EQ(results().at(0).status, wire::SendStatus::Accepted);
}

TEST_F(SendsTest, AFullDiskShedsNewSendsAndKeepsTheOldOnes) {
  rig->hold_store();
  rig->say(alice, rig->message(1));
  rig->complete_next(ports::StoreStatus::Full);
  rig->say(alice, rig->message(2));
  ASSERT_EQ(results().size(), 1u);
  EXPECT_EQ(results()[0].status, wire::SendStatus::Busy);
  EXPECT_GT(results()[0].retry_after_ms, 0u);
  EXPECT_EQ(count(Probe::disk_full_shed), 1u);
  rig->pass(1s);
  rig->let_store_run();
  EXPECT_EQ(results().at(1).seq, Seq(3));
}

TEST_F(SendsTest, AStoppedStoreIsNeverAcknowledged) {
  rig->hold_store();
  rig->say(alice, rig->message(1));
  rig->complete_next(ports::StoreStatus::Stopped);
  rig->say(alice, rig->message(2));
  rig->pass(1min);
  EXPECT_EQ(rig->held(), 0u);
  EXPECT_TRUE(rig->heard(alice).frames.empty());
}

TEST_F(SendsTest, ARepeatIsAnsweredWithTheOriginalWithoutTheStore) {
  rig->say(alice, rig->message(1));
  rig->forget_heard();
  const std::size_t commits = rig->submitted<ports::CommitBatch>();
  rig->say(alice, rig->message(1));
  EXPECT_EQ(rig->submitted<ports::CommitBatch>(), commits);
  ASSERT_EQ(results().size(), 1u);
  EXPECT_EQ(results()[0].status, wire::SendStatus::Duplicate);
  EXPECT_EQ(results()[0].seq, Seq(3));
  EXPECT_TRUE(rig->heard(bob).seqs().empty());
}

TEST_F(SendsTest, AnotherBodyUnderAUsedNumberIsAConflict) {
  rig->say(alice, rig->message(1));
  wire::Send other = rig->message(1, "something else");
  other.client_msg_id = ClientMsgId(5);
  rig->say(alice, other);
  EXPECT_EQ(results().back().status, wire::SendStatus::Conflict);
}

TEST_F(SendsTest, ARepeatOnANewConnectionWhileTheCommitRunsIsAnsweredThere) {
  rig->hold_store();
  rig->say(alice, rig->message(1));
  rig->disconnect(alice);
  const End again = rig->connect(kAlice, DeviceId(10), 1);
  rig->say(again, rig->message(1));
  rig->let_store_run();
  ASSERT_EQ(rig->heard(again).all<wire::SendResult>().size(), 1u);
  EXPECT_EQ(rig->heard(again).all<wire::SendResult>()[0].seq, Seq(3));
  EXPECT_EQ(rig->store.room(kRoom).head(), Seq(3));
}

TEST_F(SendsTest, ASkippedNumberIsSentBackWithTheOneExpected) {
  rig->say(alice, rig->message(3));
  EXPECT_EQ(results().at(0).status, wire::SendStatus::OutOfOrder);
  EXPECT_EQ(results().at(0).expected, Cseq(1));
}

TEST_F(SendsTest, ASendFromAnotherEpochIsStale) {
  rig->say(alice, rig->message(1, "old", 7));
  EXPECT_EQ(results().at(0).status, wire::SendStatus::StaleEpoch);
  EXPECT_EQ(results().at(0).epoch, Epoch(1));
}

TEST_F(SendsTest, ARoomThatDoesNotExistIsSaidToNotExistAndLeavesNothingBehind) {
  rig->say(alice, rig->message(1, "x", 1, RoomId(99)));
  EXPECT_EQ(results().at(0).status, wire::SendStatus::NoSuchRoom);
  EXPECT_EQ(rig->shard().counters().rooms_home, 1u);
}

TEST_F(SendsTest, AQueueThatIsFullSaysBusyAndAnswersWhatItTook) {
  Config config;
  config.room_queue_bytes_max = 4096;
  begin(config);
  rig->hold_store();
  for (std::uint32_t i = 1; i <= 20; ++i) rig->say(alice, rig->message(i, std::string(500, 'x')));
  const std::size_t busy = results().size();
  EXPECT_GT(busy, 0u);
  EXPECT_LT(busy, 20u);
  for (const auto& result : results()) EXPECT_EQ(result.status, wire::SendStatus::Busy);
  EXPECT_EQ(count(Probe::store_queue_full_busy), busy);
  rig->let_store_run();
  EXPECT_EQ(rig->store.room(kRoom).head(), Seq(2 + 20 - busy));
  EXPECT_EQ(rig->shard().counters().commit_queue_bytes, 0u);
}

TEST_F(SendsTest, ARoomTakesSoMuchFromAllItsMembersTogether) {
  Config config;
  config.room_sends_per_s = 10;
  config.room_sends_burst = 20;
  begin(config);
  for (std::uint32_t i = 1; i <= 12; ++i) {
    rig->say(alice, rig->message(i));
    rig->say(bob, rig->message(i));
  }
  EXPECT_EQ(rig->store.room(kRoom).head(), Seq(2 + 20)) << "ten of each";
  EXPECT_EQ(count(Probe::room_budget_spent), 4u);
  const auto refused = results().back();
  EXPECT_EQ(refused.status, wire::SendStatus::Busy);
  EXPECT_EQ(refused.retry_after_ms, 1600u) << "a window of sends";
  rig->pass(std::chrono::milliseconds(refused.retry_after_ms));
  rig->say(alice, rig->message(11));
  rig->say(alice, rig->message(12));
  EXPECT_EQ(rig->store.room(kRoom).head(), Seq(2 + 22));
}

TEST_F(SendsTest, ALongMessageCountsMoreThanOnce) {
  Config config;
  config.room_sends_per_s = 1;
  config.room_sends_burst = 5;
  config.send_cost_bytes = 1000;
  begin(config);
  rig->say(alice, rig->message(1, std::string(3500, 'x')));
  rig->say(alice, rig->message(2));
  rig->say(alice, rig->message(3));
  EXPECT_EQ(rig->store.room(kRoom).head(), Seq(2 + 2)) << "four and one";
  EXPECT_EQ(results().back().status, wire::SendStatus::Busy);
}

TEST_F(SendsTest, AMessageCostsOneForEachUnitThatItHasBegun) {
  Config config;
  config.send_cost_bytes = 1000;
  EXPECT_EQ(Budget::cost_of(config, 0), 1u);
  EXPECT_EQ(Budget::cost_of(config, 1), 1u);
  EXPECT_EQ(Budget::cost_of(config, 1000), 1u);
  EXPECT_EQ(Budget::cost_of(config, 1001), 2u);
  EXPECT_EQ(Budget::cost_of(config, 2000), 2u);
}

// ---- a budget that is spent

class BudgetTest : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  static constexpr ports::Grants kGrants{.sends_per_s = 2, .sends_burst = 20};
  BudgetTest() : rig(GetParam()) { rig.store.add_room(kRoom, {kAlice, kBob}); }
  End connect(std::uint64_t device) {
    return rig.connect(kAlice, DeviceId(device), 0, static_cast<std::uint32_t>(device) % rig.shards(), kGrants);
  }
  /// How many of so many are not told to come back.
  std::size_t taken(End end, std::uint32_t sends, std::uint32_t from = 1) {
    rig.heard(end).frames.clear();
    for (std::uint32_t i = from; i < from + sends; ++i) rig.say(end, rig.message(i));
    std::size_t taken = 0;
    for (const auto& result : rig.heard(end).all<wire::SendResult>()) taken += result.status != wire::SendStatus::Busy;
    return taken;
  }
  Rig rig;
};
INSTANTIATE_TEST_SUITE_P(Shards, BudgetTest, ::testing::Values(1u, 3u));

TEST_P(BudgetTest, IsNotFullAgainForWhoConnectsAgain) {
  const End first = connect(10);
  EXPECT_EQ(taken(first, 25), 20u);
  rig.disconnect(first);
  const End again = connect(10);
  EXPECT_EQ(taken(again, 5, 21), 0u);
  EXPECT_GT(rig.heard(again).all<wire::SendResult>().at(0).retry_after_ms, 0u);
  rig.pass(3s);
  EXPECT_EQ(taken(again, 10, 21), 6u);
}

TEST_P(BudgetTest, FollowsTheUserToAnotherDeviceAndThroughMoreConnections) {
  const End phone = connect(10);
  EXPECT_EQ(taken(phone, 20), 20u);
  rig.disconnect(phone);
  for (std::uint64_t device = 11; device < 14; ++device) {
    const End other = connect(device);
    EXPECT_EQ(taken(other, 3), 0u) << device;
    rig.disconnect(other);
  }
}

TEST_P(BudgetTest, IsNotFullAgainForWhoTakesTheConnectionOver) {
  EXPECT_EQ(taken(connect(10), 20), 20u);
  for (std::uint32_t shard = 0; shard < rig.shards(); ++shard) {
    const End next = rig.connect(kAlice, DeviceId(10), 0, shard, kGrants);
    EXPECT_EQ(rig.heard(next).all<wire::Welcome>().size(), 1u);
    EXPECT_EQ(taken(next, 5, 21), 0u) << shard;
  }
}

TEST_P(BudgetTest, IsFullWhenTheTimeForItHasPassed) {
  const End first = connect(10);
  EXPECT_EQ(taken(first, 20), 20u);
  rig.disconnect(first);
  rig.pass(10s);
  EXPECT_EQ(taken(connect(10), 25, 21), 20u);
}

TEST_P(BudgetTest, OfARoomThatIsToBeMadeSaysWhenItIsThere) {
  const End alice = rig.connect(kAlice, DeviceId(10), 0, 0, {.sends_per_s = 1, .sends_burst = 20});
  EXPECT_EQ(taken(alice, 20), 20u);
  rig.say(alice, wire::CreateRoom{.request_id = 1, .title = "quay"});
  const auto refused = rig.heard(alice).all<wire::RoomCreated>().at(0);
  EXPECT_EQ(refused.status, wire::CreateStatus::Busy);
  rig.pass(std::chrono::milliseconds(refused.retry_after_ms));
  rig.say(alice, wire::CreateRoom{.request_id = 2, .title = "quay"});
  EXPECT_EQ(rig.heard(alice).all<wire::RoomCreated>().at(1).status, wire::CreateStatus::Created);
}

TEST_F(SendsTest, ABudgetThatIsSpentSaysWhenToComeBackAndRefills) {
  const End carol = rig->connect(kBob, DeviceId(21), 0, 0, {.sends_per_s = 2, .sends_burst = 3});
  for (std::uint32_t i = 1; i <= 4; ++i) rig->say(carol, rig->message(i));
  const auto answers = rig->heard(carol).all<wire::SendResult>();
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(std::ranges::count(answers, wire::SendStatus::Busy, &wire::SendResult::status), 1);
  const auto busy = std::ranges::find(answers, wire::SendStatus::Busy, &wire::SendResult::status);
  EXPECT_EQ(busy->retry_after_ms, 1500u);  // all three
  rig->pass(500ms);
  rig->say(carol, rig->message(4));
  EXPECT_EQ(rig->heard(carol).all<wire::SendResult>().back().status, wire::SendStatus::Accepted);
}

TEST_F(SendsTest, ACheckpointIsPutAsideEvery256Events) {
  for (std::uint32_t i = 1; i <= 300; ++i) rig->say(alice, rig->message(i));
  ASSERT_EQ(rig->store.checkpoints().size(), 1u);
  EXPECT_EQ(rig->store.checkpoints()[0].seq, Seq(256));
  EXPECT_EQ(rig->store.checkpoints()[0].hash, rig->store.room(kRoom).hash_at(Seq(256)));
}

TEST_F(SendsTest, WhatAnotherHomeWroteIsReadAndToldInItsPlace) {
  rig->store.room(kRoom).append(
      {.room = kRoom, .sender = kBob, .device = DeviceId(77), .cseq = Cseq(1), .body = "rival"});
  rig->say(alice, rig->message(1));
  EXPECT_EQ(rig->heard(bob).seqs(), (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(results().at(0).seq, Seq(4));
}

TEST_F(SendsTest, NobodyIsCalledNoMemberWhileTheStoreHasWhatMayMakeThemOne) {
  rig->hold_store();
  rig->say(alice, rig->add_member(kCarol));
  rig->complete_next_unknown(true);
  rig->let_store_run();
  const End carol = rig->connect(kCarol, DeviceId(30));
  ASSERT_EQ(rig->heard(carol).all<wire::RoomList>().at(0).rooms.size(), 1u);  // the store knows it already
  rig->sync(carol);
  EXPECT_TRUE(rig->heard(carol).all<wire::Synced>().empty());
  rig->pass(1s);
  EXPECT_EQ(rig->heard(carol).synced().status, wire::SyncStatus::Reset);
}

TEST_F(SendsTest, ALogThatWentBackUnderItsHomeIsNotWaitedFor) {
  for (std::uint32_t i = 1; i <= 3; ++i) rig->say(alice, rig->message(i));
  ASSERT_EQ(results().size(), 3u);
  // A standby that lacked the last two has taken over.
  FakeRoom& room = rig->store.room(kRoom);
  room.events.resize(3);
  room.devices[DeviceId(10)] = Cseq(1);
  room.epoch = Epoch(16);
  rig->say(alice, rig->message(4));
  EXPECT_EQ(results().back().status, wire::SendStatus::StaleEpoch);
  rig->say(alice, rig->message(2, "again", 16));
  rig->pass(5s);
  EXPECT_EQ(results().back().status, wire::SendStatus::Accepted);
  EXPECT_EQ(results().back().seq, Seq(4));
}

TEST_F(SendsTest, WhatAnotherHomeWroteAndRetentionHasCutIsNotWaitedFor) {
  FakeRoom& room = rig->store.room(kRoom);
  for (int i = 0; i < 3; ++i) room.append({.room = kRoom, .sender = kBob, .device = DeviceId(77), .body = "rival"});
  room.append({.room = kRoom, .kind = wire::EventKind::MemberRemove, .sender = kAlice, .subject = kBob});
  room.members.erase(kBob);
  room.append({.room = kRoom, .sender = kAlice, .device = DeviceId(78), .body = "left"});
  room.min_seq = Seq(7);  // 3 to 6 are gone, the removal among them
  rig->say(alice, rig->message(1));
  rig->pass(1s);
  EXPECT_EQ(results().at(0).seq, Seq(8));
  rig->say(alice, rig->message(2));
  rig->pass(1s);
  EXPECT_EQ(results().back().seq, Seq(9));
  // Alice is set behind the cut and reads on; Bob is told that the room is not his any more.
  EXPECT_EQ(rig->heard(alice).seqs(), (std::vector<std::uint64_t>{7, 8, 9}));
  EXPECT_TRUE(rig->heard(bob).seqs().empty());
  const auto told = rig->heard(bob).all<wire::RoomChanged>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].info.role, wire::Role::None);
}

}  // namespace
}  // namespace starling::core::testing
