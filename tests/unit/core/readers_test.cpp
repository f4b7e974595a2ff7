// Readers that are slow, stuck, removed, or in the way.
#include "common/base/probe.h"
#include "tests/unit/core/rig.h"

namespace starling::core::testing {
namespace {

class ReadersTest : public ::testing::Test {
 protected:
  ReadersTest() {
    config.outbox_bytes_soft = 2000;
    config.outbox_bytes_hard = 8000;
    begin();
  }
  void begin() {
    rig = std::make_unique<Rig>(1, config);
    rig->store.add_room(kRoom, {kAlice, kBob, kCarol});
    alice = rig->connect(kAlice, DeviceId(10));
    bob = rig->connect(kBob, DeviceId(20));
    for (const End end : {alice, bob}) rig->sync(end, rig->at_head());
    rig->forget_heard();
  }
  void talk(std::uint32_t n) {
    for (std::uint32_t i = 0; i < n; ++i) rig->say(alice, rig->message(++cseq, std::string(100, 'x')));
  }
  static std::vector<std::uint64_t> range(std::uint64_t first, std::uint64_t last) {
    std::vector<std::uint64_t> all;
    for (; first <= last; ++first) all.push_back(first);
    return all;
  }

  Config config;
  std::unique_ptr<Rig> rig;
  End alice;
  End bob;
  std::uint32_t cseq = 0;
};

TEST_F(ReadersTest, WhatALaggingReaderGetsIsBoundedAndComesLaterInOrder) {
  rig->stop_reading(bob);
  talk(200);
  EXPECT_LT(rig->heard(bob).queued, config.outbox_bytes_soft + 400);
  EXPECT_EQ(rig->shard().counters().sessions_lagging, 1u);
  EXPECT_EQ(rig->heard(alice).seqs().size(), 200u);  // nobody else waits
  rig->drain(bob);
  EXPECT_EQ(rig->heard(bob).seqs(), range(4, 203));
  EXPECT_EQ(rig->shard().counters().sessions_lagging, 0u);
  talk(1);
  EXPECT_EQ(rig->heard(bob).seqs().back(), 204u);
  EXPECT_EQ(rig->shard().pending(), "");
}

TEST_F(ReadersTest, AReaderThatReadsNothingIsClosedWhenItsTimeIsOver) {
  rig->stop_reading(bob);
  talk(100);
  rig->pass(29s);
  EXPECT_FALSE(rig->heard(bob).closed);
  rig->pass(2s);
  EXPECT_TRUE(rig->heard(bob).closed);
  EXPECT_EQ(rig->heard(bob).reason, CloseReason::SlowReader);
  EXPECT_EQ(rig->shard().counters().sessions, 1u);
  EXPECT_EQ(rig->shard().counters().sessions_lagging, 0u);
}

TEST_F(ReadersTest, AReaderThatReadsALittleIsLeftInPeace) {
  rig->stop_reading(bob);
  talk(100);
  for (int i = 0; i < 20; ++i) {
    rig->pass(20s);
    rig->input(0, Drained{.conn = bob.conn, .bytes = 10});
  }
  EXPECT_FALSE(rig->heard(bob).closed);
}

TEST_F(ReadersTest, AnOutboxBeyondTheHardLimitIsClosedAtOnce) {
  rig->stop_reading(bob);
  for (std::uint32_t i = 1; i <= 1000 && !rig->heard(bob).closed; ++i) {
    rig->say(bob, rig->message(i, "x", 99));  // answers are not held back
  }
  EXPECT_TRUE(rig->heard(bob).closed);
  EXPECT_EQ(rig->heard(bob).reason, CloseReason::SlowReader);
}

TEST_F(ReadersTest, CatchUpStaysWithinTheCreditOfWhatWasDelivered) {
  talk(600);
  const End late = rig->connect(kCarol, DeviceId(30));
  rig->sync(late, rig->at(3));
  EXPECT_EQ(rig->heard(late).seqs(), range(4, 3 + 256));
  rig->say(late, wire::Delivered{.rooms = {{.room = kRoom, .seq = Seq(100)}}});
  EXPECT_EQ(rig->heard(late).seqs().back(), 100u + 256u);
  // More than was pushed cannot have been persisted.
  rig->say(late, wire::Delivered{.rooms = {{.room = kRoom, .seq = Seq(100'000)}}});
  EXPECT_EQ(rig->heard(late).seqs(), range(4, 603));
  talk(1);
  EXPECT_EQ(rig->heard(late).seqs(), range(4, 604));
}

TEST_F(ReadersTest, AReaderThatOwesADeliveredIsClosedWhenItsTimeIsOver) {
  talk(600);
  const End late = rig->connect(kCarol, DeviceId(30));
  rig->sync(late, rig->at(3));
  rig->pass(29s);
  rig->say(late, wire::Delivered{.rooms = {{.room = kRoom, .seq = Seq(100)}}});
  rig->pass(29s);
  EXPECT_FALSE(rig->heard(late).closed);
  rig->say(late, wire::Delivered{.rooms = {{.room = kRoom, .seq = Seq(100)}}});  // nothing new
  rig->pass(2s);
  EXPECT_TRUE(rig->heard(late).closed);
  EXPECT_EQ(rig->heard(late).reason, CloseReason::SlowReader);
}

TEST_F(ReadersTest, WhoIsNotBehindAnyMoreOwesNothing) {
  talk(600);
  const End late = rig->connect(kCarol, DeviceId(30));
  rig->sync(late, rig->at(3));
  rig->sync(late, rig->at_head());
  rig->pass(90s);
  EXPECT_FALSE(rig->heard(late).closed);
}

TEST_F(ReadersTest, CreditThatComesWhileTheOutboxIsFullIsNotForgotten) {
  talk(600);
  const End late = rig->connect(kCarol, DeviceId(30));
  rig->sync(late, rig->at(3));
  ASSERT_EQ(rig->heard(late).seqs().back(), 3u + 256u);
  // Answers fill the outbox; nothing live comes that would call it lagging.
  rig->stop_reading(late);
  for (std::uint32_t i = 1; rig->heard(late).queued < config.outbox_bytes_soft; ++i) {
    rig->say(late, rig->message(i, "x", 99));
  }
  rig->say(late, wire::Delivered{.rooms = {{.room = kRoom, .seq = Seq(3 + 256)}}});
  rig->drain(late);
  EXPECT_EQ(rig->heard(late).seqs().back(), 3u + 512u);
}

TEST_F(ReadersTest, TheSamePageIsReadOnceForAllWhoNeedIt) {
  config.tail_bytes_per_room = 0;
  rig = std::make_unique<Rig>(1, config);
  rig->store.add_room(kRoom, {kAlice}, 50);
  std::vector<End> ends;
  for (std::uint64_t i = 0; i < 10; ++i) ends.push_back(rig->connect(kAlice, DeviceId(100 + i)));
  rig->sync(ends[0], rig->at_head());
  rig->hold_store();
  for (const End end : ends) rig->sync(end, rig->at(10));
  EXPECT_EQ(rig->held_of<ports::ReadPage>(), 1u);
  rig->let_store_run();
  for (const End end : ends) EXPECT_EQ(rig->heard(end).seqs(), range(11, 51));
}

TEST_F(ReadersTest, PagesThatWereServedAreNotKeptBeyondTheirLimit) {
  config.page_cache_bytes = 100;
  config.tail_bytes_per_room = 1024 * 1024;
  rig = std::make_unique<Rig>(1, config);
  rig->store.add_room(kRoom, {kAlice}, 0);
  alice = rig->connect(kAlice, DeviceId(10));
  rig->sync(alice, rig->at_head());
  talk(5);
  const End late = rig->connect(kAlice, DeviceId(11));
  rig->sync(late, rig->at(1));  // from the tail
  EXPECT_EQ(rig->heard(late).seqs(), range(2, 6));
  EXPECT_EQ(rig->shard().counters().page_bytes, 0u);
}

TEST_F(ReadersTest, TheRemovedSeesTheRemovalAndNothingAfter) {
  talk(1);
  rig->say(alice, wire::Send{.room = kRoom,
                             .epoch = Epoch(1),
                             .cseq = Cseq(++cseq),
                             .client_msg_id = ClientMsgId(9),
                             .kind = wire::EventKind::MemberRemove,
                             .subject = kBob});
  talk(3);
  EXPECT_EQ(rig->heard(bob).seqs(), range(4, 5));
  const auto changes = rig->heard(bob).all<wire::RoomChanged>();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].info.role, wire::Role::None);
  rig->sync(bob, rig->at(5));
  EXPECT_EQ(rig->heard(bob).synced().status, wire::SyncStatus::NotMember);
  rig->say(bob, wire::HistoryRequest{.request_id = 1, .room = kRoom});
  EXPECT_EQ(rig->heard(bob).all<wire::HistoryPage>().at(0).status, wire::SyncStatus::NotMember);
}

TEST_F(ReadersTest, TheRemovedWhoIsBehindIsCaughtUpToTheRemovalOnly) {
  rig->stop_reading(bob);
  talk(60);
  rig->say(alice, wire::Send{.room = kRoom,
                             .epoch = Epoch(1),
                             .cseq = Cseq(++cseq),
                             .client_msg_id = ClientMsgId(9),
                             .kind = wire::EventKind::MemberRemove,
                             .subject = kBob});
  talk(30);
  rig->drain(bob);
  EXPECT_EQ(rig->heard(bob).seqs(), range(4, 64));
}

TEST_F(ReadersTest, TheRemovedIsNotWaitedForWhenRetentionHasCutWhatCameBefore) {
  config.tail_bytes_per_room = 0;
  begin();
  rig->stop_reading(bob);
  talk(100);
  rig->say(alice, wire::Send{.room = kRoom,
                             .epoch = Epoch(1),
                             .cseq = Cseq(++cseq),
                             .client_msg_id = ClientMsgId(cseq),
                             .kind = wire::EventKind::MemberRemove,
                             .subject = kBob});
  rig->store.room(kRoom).min_seq = Seq(100);
  rig->drain(bob);
  EXPECT_LT(rig->heard(bob).seqs().size(), 97u);
  EXPECT_EQ(rig->shard().pending(), "");
}

TEST_F(ReadersTest, WhoWantsHeadsOnlyIsStillAMemberWhenAddedAgainAtOnce) {
  const auto change = [&](wire::EventKind kind, wire::Role role) {
    rig->say(alice, wire::Send{.room = kRoom,
                               .epoch = Epoch(1),
                               .cseq = Cseq(++cseq),
                               .client_msg_id = ClientMsgId(1000 + cseq),
                               .kind = kind,
                               .subject = kBob,
                               .role = role});
  };
  const End far = rig->connect(kCarol, DeviceId(30));
  for (const End end : {bob, far}) rig->sync(end, rig->at_head(), wire::SyncMode::Heads);
  rig->hold_store();
  talk(1);  // while it is with the store the two that follow become one batch
  change(wire::EventKind::MemberRemove, wire::Role::None);
  change(wire::EventKind::MemberAdd, wire::Role::Member);
  rig->let_store_run();
  rig->pass(2s);
  rig->forget_heard();
  talk(1);
  rig->pass(2s);
  for (const End end : {bob, far}) {
    ASSERT_EQ(rig->heard(end).all<wire::Head>().size(), 1u);
    EXPECT_EQ(rig->heard(end).all<wire::Head>()[0].seq, rig->store.room(kRoom).head());
  }
  change(wire::EventKind::MemberRemove, wire::Role::None);
  rig->pass(2s);
  rig->forget_heard();
  talk(1);
  rig->pass(2s);
  EXPECT_TRUE(rig->heard(bob).frames.empty());
  EXPECT_EQ(rig->heard(far).all<wire::Head>().size(), 1u);
}

TEST_F(ReadersTest, APageBeingReadForTheRemovedIsNotGivenToThem) {
  rig->hold_store();
  rig->say(bob, wire::HistoryRequest{.request_id = 1, .room = kRoom});
  rig->say(alice, wire::Send{.room = kRoom,
                             .epoch = Epoch(1),
                             .cseq = Cseq(1),
                             .client_msg_id = ClientMsgId(9),
                             .kind = wire::EventKind::MemberRemove,
                             .subject = kBob});
  const std::uint64_t id = rig->held_id();
  ports::StoreCompletion page{.id = id, .result = rig->store.execute(rig->take_held())};
  rig->let_store_run();
  rig->input(0, StoreCompleted{std::move(page)});
  EXPECT_EQ(rig->heard(bob).all<wire::HistoryPage>().at(0).status, wire::SyncStatus::NotMember);
}

TEST_F(ReadersTest, TypingIsShownToTheOthersAndNotTooOften) {
  const End second = rig->connect(kBob, DeviceId(21));
  rig->sync(second, rig->at_head());
  for (int i = 0; i < 10; ++i) {
    rig->say(bob, wire::Typing{kRoom});
    rig->pass(400ms);
  }
  EXPECT_EQ(rig->heard(alice).all<wire::TypingNotice>().size(), 2u);
  EXPECT_TRUE(rig->heard(second).all<wire::TypingNotice>().empty());
  EXPECT_EQ(rig->submitted<ports::CommitBatch>(), 0u);
}

TEST_F(ReadersTest, ADeletedTextIsGoneFromTheTailAndThePages) {
  talk(3);
  rig->say(alice, wire::Send{.room = kRoom,
                             .epoch = Epoch(1),
                             .cseq = Cseq(++cseq),
                             .client_msg_id = ClientMsgId(9),
                             .kind = wire::EventKind::Delete,
                             .target = Seq(4)});
  wire::Event& stored = rig->store.room(kRoom).events[3];
  stored.erased_hash = wire::body_hash(stored.body);
  stored.body.clear();
  const End late = rig->connect(kCarol, DeviceId(30));
  rig->sync(late, rig->at(3));
  const auto events = rig->heard(late).all<wire::Event>();
  ASSERT_EQ(events.size(), 4u);
  EXPECT_TRUE(events[0].body.empty());
  EXPECT_EQ(events[0].erased_hash, stored.erased_hash);
}

TEST_F(ReadersTest, FramesThatBreakTheProtocolEndTheConnectionAndNothingElse) {
  rig->say(bob, wire::Hello{});
  EXPECT_EQ(rig->heard(bob).reason, CloseReason::ProtocolError);
  rig->hold_store();
  const End early = rig->connect(UserId(50), DeviceId(500));
  rig->say(early, wire::Sync{});
  EXPECT_TRUE(rig->heard(early).closed);
  rig->let_store_run();
  talk(1);
  EXPECT_EQ(rig->heard(alice).seqs().size(), 1u);
}

}  // namespace
}  // namespace starling::core::testing
