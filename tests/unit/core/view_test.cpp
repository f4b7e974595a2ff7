// Rooms whose home becomes another shard: one is put out of the view, comes back, or leaves.
#include "server/core/read_slot.h"
#include "tests/unit/core/view_rig.h"

namespace starling::core::testing {
namespace {

TEST_F(ViewTest, TheRoomOfAShardThatIsPutOutGoesOnElsewhere) {
  rig.put_out(home);
  ASSERT_NE(rig.home(kRoom), home);
  rig.pass(100ms);
  rig.say(bob, rig.message(1));
  EXPECT_EQ(result(bob).status, wire::SendStatus::Accepted);
  EXPECT_EQ(rig.heard(bob).seqs(), std::vector<std::uint64_t>{4});
  EXPECT_EQ(rig.heard(carol).seqs(), std::vector<std::uint64_t>{4});
}

TEST_F(ViewTest, WhatWasCommittedAndNotToldIsTold) {
  rig.lose = [&](ShardId from, ShardId, const ports::Payload&) { return from.value == home; };
  rig.say(alice, rig.message(1));
  rig.lose = {};
  ASSERT_TRUE(rig.heard(bob).seqs().empty());
  rig.put_out(home);
  rig.pass(100ms);
  EXPECT_EQ(rig.heard(bob).seqs(), std::vector<std::uint64_t>{4});
  EXPECT_EQ(rig.heard(carol).seqs(), std::vector<std::uint64_t>{4});
}

TEST_F(ViewTest, ASendThatWaitsIsAskedOfTheNewHome) {
  rig.lose = [&](ShardId, ShardId to, const ports::Payload&) { return to.value == home; };
  rig.say(bob, rig.message(1));
  rig.say(carol, rig.message(1));
  rig.put_out(home);
  rig.pass(100ms);
  EXPECT_EQ(result(bob).status, wire::SendStatus::Accepted);
  EXPECT_EQ(result(carol).status, wire::SendStatus::Accepted);
  EXPECT_EQ(count(Probe::request_moved), 2u);
}

TEST_F(ViewTest, AHomeThatDoesNotKnowThatItWasReplacedCommitsNothing) {
  rig.put_out(home);
  rig.pass(100ms);
  const Seq head = rig.store.room(kRoom).head();
  rig.say(alice, rig.message(1));
  EXPECT_EQ(rig.store.room(kRoom).head(), head);
  EXPECT_EQ(count(Probe::fence_refused), 1u);
  EXPECT_EQ(result(alice).status, wire::SendStatus::Busy);
}

TEST_F(ViewTest, AHomeThatDoesNotKnowThatItWasReplacedRaisesNoEpoch) {
  rig.put_out(home);
  rig.pass(100ms);
  wire::Cursor other = rig.at_head();
  other.hash = PrefixHash();
  other.seq = Seq(30);
  rig.sync(alice, other);
  EXPECT_EQ(rig.submitted<ports::RaiseEpoch>(), 1u);
  EXPECT_EQ(rig.store.room(kRoom).epoch, Epoch(1));
  EXPECT_EQ(count(Probe::fence_refused), 1u);
}

TEST_F(ViewTest, ACommitThatTheOldHomeHasUnderWayIsBeforeTheNewHomeReadsOrRefused) {
  rig.hold_store();
  rig.say(alice, rig.message(1));
  ASSERT_EQ(rig.held_of<ports::CommitBatch>(), 1u);
  rig.put_out(home);
  rig.pass(100ms);
  rig.let_store_run();  // the commit first
  rig.pass(100ms);
  EXPECT_EQ(rig.heard(bob).seqs(), std::vector<std::uint64_t>{4});
}

TEST_F(ViewTest, WhoseRemovalAShardHasReadIsNoMemberThereThoughItsOwnHomeDoesNotKnowIt) {
  rig.lose = [&](ShardId from, ShardId, const ports::Payload&) { return from.value == home; };
  rig.say(alice, rig.message(1));
  rig.lose = {};
  rig.on_tail_read = [](ports::TailRead& read) {
    read.events.clear();
    return true;
  };
  rig.put_out(home);
  rig.hold_store();
  rig.pass(100ms);
  while (rig.held_of<ports::LoadRoom>() > 0) rig.complete_next();
  while (!std::holds_alternative<ports::ReadPage>(rig.held_request())) rig.complete_next();
  rig.complete_next(ports::StoreStatus::Unavailable);  // what the shard has missed: it reads again
  const End leaver = rig.home(kRoom) == bob.shard ? bob : carol;
  wire::Send leave = rig.message(1);
  leave.kind = wire::EventKind::MemberRemove;
  leave.subject = leaver == bob ? kBob : kCarol;
  rig.say(leaver, leave);
  while (!std::holds_alternative<ports::CommitBatch>(rig.held_request())) rig.complete_next();
  rig.complete_next_unknown(true);
  rig.pass(1s);
  const auto front_reads_from = [&](std::uint64_t seq) {
    const auto* read = std::get_if<ports::ReadPage>(&rig.held_request());
    return read != nullptr && read->from == Seq(seq);
  };
  while (!front_reads_from(4)) rig.complete_next();
  rig.complete_next(ports::StoreStatus::Unavailable);  // the home's
  while (!front_reads_from(3)) rig.complete_next();
  rig.complete_next();  // the shard's
  EXPECT_EQ(rig.heard(leaver).seqs(), (std::vector<std::uint64_t>{4, 5}));
  rig.sync(leaver, rig.at_head());
  EXPECT_TRUE(rig.heard(leaver).all<wire::Synced>().empty());
  rig.let_store_run();
  rig.pass(3s);
  EXPECT_EQ(rig.heard(leaver).synced().status, wire::SyncStatus::NotMember);
}

TEST_F(ViewTest, WhatAStaleShardSaysIsNotLookedAt) {
  rig.put_out(home);
  rig.pass(300ms);
  EXPECT_GT(count(Probe::stale_view_rejected), 0u);
}

TEST_F(ViewTest, ARoomGoesBackToAShardThatComesBack) {
  rig.put_out(home);
  rig.pass(100ms);
  rig.say(bob, rig.message(1));
  rig.bring_back(home);
  ASSERT_EQ(rig.home(kRoom), home);
  rig.pass(100ms);
  rig.say(carol, rig.message(1));
  EXPECT_EQ(rig.heard(bob).seqs(), (std::vector<std::uint64_t>{4, 5}));
  EXPECT_EQ(rig.heard(carol).seqs(), (std::vector<std::uint64_t>{4, 5}));
  EXPECT_EQ(rig.store.room(kRoom).fence, ViewId(3));
}

TEST_F(ViewTest, AShardThatLeavesKeepsItsSessionsAndHasNoHomes) {
  rig.leave(home);
  ASSERT_NE(rig.home(kRoom), home);
  rig.pass(100ms);
  rig.say(alice, rig.message(1));
  rig.say(bob, rig.message(1));
  for (const End end : {alice, bob, carol}) {
    EXPECT_EQ(rig.heard(end).seqs(), (std::vector<std::uint64_t>{4, 5}));
    EXPECT_FALSE(rig.heard(end).closed);
  }
  EXPECT_EQ(rig.shard(home).counters().rooms_home, 0u);
}

TEST_F(ViewTest, ASendThatTheLeavingHomeHasQueuedForItsOwnSessionIsBusy) {
  rig.hold_store();
  rig.say(alice, rig.message(1));
  rig.say(alice, rig.message(2));
  rig.leave(home);
  ASSERT_EQ(rig.heard(alice).all<wire::SendResult>().size(), 2u);
  EXPECT_EQ(result(alice).status, wire::SendStatus::Busy);
  EXPECT_EQ(rig.shard(home).counters().commit_queue_bytes, 0u);
  rig.let_store_run();
  rig.pass(100ms);
  rig.say(alice, rig.message(1));
  EXPECT_EQ(result(alice).status, wire::SendStatus::Duplicate) << "it was committed all the same";
}

TEST_F(ViewTest, WhoeverHearsOfALaterViewAsksForIt) {
  Effects out;
  rig.shard(home).on(rig.now(),
                     EnvelopeReceived{{.header = {.from = ShardId(static_cast<std::uint16_t>((home + 1) % 3)),
                                                  .boot = 2,
                                                  .link_seq = 1,
                                                  .view = ViewId(7)},
                                       .payload = ports::Heartbeat{}}},
                     out);
  EXPECT_TRUE(out.view_is_old);
}

TEST_F(ViewTest, AfterItsLeaseAHomeAnswersNobodyWhereTheLogStands) {
  rig.input(home, LeaseExtended{rig.now().at});
  rig.sync(alice, rig.at_head());
  EXPECT_EQ(rig.heard(alice).synced().status, wire::SyncStatus::Unavailable);
  const End tablet = rig.connect(kBob, DeviceId(21), 0, bob.shard);
  rig.sync(tablet, rig.at_head());
  EXPECT_EQ(rig.heard(tablet).synced().status, wire::SyncStatus::Unavailable);
  rig.input(home, LeaseExtended{rig.now().at + 3s});
  rig.sync(tablet, rig.at_head());
  EXPECT_EQ(rig.heard(tablet).synced().status, wire::SyncStatus::Live);
}

/// Nobody's question reaches the new home, so the other shard is told nothing.
class UnregisteredTest : public ViewTest {
 protected:
  UnregisteredTest() {
    rig.lose = [&](ShardId, ShardId, const ports::Payload& p) { return std::holds_alternative<ports::AskHeads>(p); };
    rig.put_out(home);
    const bool at_bobs = rig.home(kRoom) == bob.shard;
    at_home = at_bobs ? bob : carol;
    far = at_bobs ? carol : bob;
    rig.pass(100ms);
    rig.say(at_home, rig.message(1));
    EXPECT_EQ(result(at_home).status, wire::SendStatus::Accepted);
  }
  End at_home, far;
};

TEST_F(UnregisteredTest, WhatHasMovedIsHeldAgainstTheStoreUntilItsHomeHasSpoken) {
  rig.sync(far, rig.at(3));
  EXPECT_EQ(rig.heard(far).synced().status, wire::SyncStatus::Unavailable);
  rig.lose = {};
  rig.pass(2s);
  rig.sync(far, rig.at(3));
  EXPECT_EQ(rig.heard(far).seqs(), std::vector<std::uint64_t>{4});
  const std::size_t reads = rig.submitted<ports::ReadPage>();
  rig.sync(far, rig.at_head());
  EXPECT_EQ(rig.heard(far).synced().head, Seq(4));
  EXPECT_EQ(rig.submitted<ports::ReadPage>(), reads) << "the home has spoken";
}

TEST_F(UnregisteredTest, APageIsNotServedThatLacksTheHead) {
  rig.say(far, wire::HistoryRequest{.request_id = 5, .room = kRoom, .backward = true, .limit = 10});
  EXPECT_EQ(rig.heard(far).all<wire::HistoryPage>().at(0).status, wire::SyncStatus::Unavailable);
}

TEST_F(ViewTest, ARoomThatHasMovedIsAskedForOnceHoweverMuchIsLost) {
  std::map<RoomId, int> asked;
  rig.lose = [&](ShardId, ShardId, const ports::Payload& p) {
    const auto* ask = std::get_if<ports::AskHeads>(&p);
    for (std::size_t i = 0; ask != nullptr && i < ask->rooms.size(); ++i) ++asked[ask->rooms[i]];
    return false;
  };
  rig.put_out(home);
  const bool at_bobs = rig.home(kRoom) == bob.shard;
  const End far = at_bobs ? carol : bob;
  rig.input(far.shard, EnvelopeReceived{{.header = {.from = ShardId(static_cast<std::uint16_t>(rig.home(kRoom))),
                                                    .boot = 2,
                                                    .link_seq = 1000,
                                                    .view = ViewId(2)},
                                         .payload = ports::Heartbeat{}}});
  rig.pass(100ms);
  EXPECT_EQ(asked[kRoom], 1);
}

TEST_F(ViewTest, ADisputeIsNotForgottenThatFindsItsHomeLoading) {
  rig.hold_store();
  rig.put_out(home);
  rig.pass(10ms);
  const End end = rig.home(kRoom) == bob.shard ? bob : carol;
  ASSERT_EQ(rig.held_of<ports::LoadRoom>(), 1u);
  const std::uint64_t id = rig.held_id();
  ports::StoreCompletion loaded{.id = id, .result = rig.store.execute(rig.take_held())};
  wire::Cursor other = rig.at_head();
  other.hash = PrefixHash();
  rig.sync(end, other);
  rig.let_store_run();
  rig.input(end.shard, StoreCompleted{std::move(loaded)});
  rig.pass(2s);
  EXPECT_EQ(rig.store.room(kRoom).epoch, Epoch(16));
  EXPECT_EQ(rig.heard(end).synced().status, wire::SyncStatus::Reset);
}

/// The home that would have told of it has just become one, and does not know of the session yet.
TEST_F(ViewTest, WhoFollowsTheHeadsOfARoomThatWasLeftAndJoinedMeanwhileAsksAnew) {
  const std::uint32_t first = (home + 1) % 3;
  UserId dave(200);
  while (rig.home(dave) != first) dave = dave.next();
  std::uint32_t cseq = 0;
  const auto change = [&](wire::EventKind kind, wire::Role role) {
    ++cseq;
    rig.say(alice, wire::Send{.room = kRoom,
                              .epoch = Epoch(1),
                              .cseq = Cseq(cseq),
                              .client_msg_id = ClientMsgId(cseq),
                              .kind = kind,
                              .subject = dave,
                              .role = role});
  };
  change(wire::EventKind::MemberAdd, wire::Role::Member);
  const End end = rig.connect(dave, DeviceId(40), 0, (home + 2) % 3);
  rig.sync(end, rig.at_head(), wire::SyncMode::Heads);
  rig.pass(1s);
  rig.lose = [](ShardId, ShardId, const ports::Payload& p) { return std::holds_alternative<ports::AttachDevice>(p); };
  rig.put_out(first);
  change(wire::EventKind::MemberRemove, wire::Role::None);
  rig.pass(100ms);
  change(wire::EventKind::MemberAdd, wire::Role::Member);
  rig.pass(1s);
  rig.forget_heard();
  rig.lose = {};
  rig.pass(5s);
  const auto changes = rig.heard(end).all<wire::RoomChanged>();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].info.room, kRoom);
  EXPECT_EQ(changes[0].info.role, wire::Role::Member);
  const auto lists = rig.heard(end).all<wire::RoomList>();
  ASSERT_EQ(lists.size(), 2u);
  EXPECT_TRUE(lists[0].more) << "a change within a list does not stand for its version";
  EXPECT_FALSE(lists[1].more);
  rig.sync(end, rig.at_head(), wire::SyncMode::Heads);
  rig.say(alice, rig.message(++cseq));
  rig.pass(2s);
  EXPECT_EQ(rig.heard(end).all<wire::Head>().back().seq, rig.store.room(kRoom).head());
}

// ---- who does not know of the view yet

/// The home comes back while the shard that had its room meanwhile cannot reach the store, and hears nothing.
class UnknownViewTest : public ViewTest {
 protected:
  UnknownViewTest() {
    rig.put_out(home);
    rig.pass(5s);
    old_home = rig.home(kRoom);
    there = old_home == bob.shard ? bob : carol;
    elsewhere = old_home == bob.shard ? carol : bob;
    probe_counts = {};
    rig.bring_back(home, old_home);
    rig.pass(100ms);
    rig.say(elsewhere, rig.message(1));
    rig.pass(500ms);
    rig.sync(there, rig.at(3));
  }
  Seq head() { return rig.store.room(kRoom).head(); }

  std::uint32_t old_home = 0;
  End there, elsewhere;
};

TEST_F(UnknownViewTest, NothingIsCommittedThatItWouldNotKnowOf) {
  EXPECT_EQ(rig.heard(there).synced().status, wire::SyncStatus::Live);
  EXPECT_EQ(rig.heard(there).synced().head, head());
  EXPECT_EQ(count(Probe::home_waited_for_view), 1u);
}

TEST_F(UnknownViewTest, TheRoomGoesOnAtOnceWhenItKnows) {
  rig.hear_view(old_home);
  rig.pass(10ms);
  EXPECT_EQ(head(), Seq(4));
  EXPECT_EQ(rig.heard(there).seqs(), std::vector<std::uint64_t>{4});
  EXPECT_EQ(result(elsewhere).status, wire::SendStatus::Accepted);
}

TEST_F(UnknownViewTest, TheRoomGoesOnWhenItsLeaseMustBeOver) {
  rig.pass(2300ms);
  EXPECT_EQ(head(), Seq(3));
  rig.pass(200ms);
  EXPECT_EQ(head(), Seq(4));
}

TEST_F(ViewTest, NobodyIsWaitedForTwice) {
  rig.put_out(home);
  rig.pass(10ms);
  rig.say(bob, rig.message(1));
  EXPECT_EQ(result(bob).status, wire::SendStatus::Accepted) << "all that are left know of the view";
}

/// The user's home is not the one that falls away, and hears of every room whose last batch concerns the user.
TEST_F(ViewTest, WhomTheLastBatchesOfManyRoomsConcernIsToldAPieceAtATime) {
  UserId user(100);
  while (rig.home(user) == home) user = user.next();
  const End phone = rig.connect(user, DeviceId(user.value), 0, rig.home(user));
  std::size_t moved = 0;
  for (std::uint64_t i = 1000; moved < 1500; ++i) {
    if (rig.home(RoomId(i)) != home) continue;
    ++moved;
    rig.store.add_room(RoomId(i), {user});
    rig.sync(phone, rig.at_head(RoomId(i)), wire::SyncMode::Full, RoomId(i));
  }
  rig.pass(2s);
  std::map<std::pair<Instant, ShardId>, std::size_t> asked;
  std::map<RoomId, bool> told;
  rig.lose = [&](ShardId from, ShardId, const ports::Payload& p) {
    const auto* changed = std::get_if<ports::MembershipChanged>(&p);
    if (changed == nullptr) return false;
    ++asked[{rig.now().at, from}];
    told[changed->room] = true;
    return false;
  };
  rig.put_out(home);
  rig.pass(2s);
  EXPECT_GT(told.size(), kReadsASlot);
  for (const auto& [slot, count] : asked) EXPECT_LE(count, kReadsASlot);
}

/// A node that is alone from the first view on has nobody to tell; the last one of several has.
TEST_F(ViewTest, WhomAHomeDidNotTellIsToldByTheLastNode) {
  const std::uint32_t last = (home + 1) % 3;
  rig.put_out((home + 2) % 3);
  UserId user(100);
  while (rig.home(user) != last) user = user.next();
  const End phone = rig.connect(user, DeviceId(user.value), 0, last);
  rig.lose = [](ShardId, ShardId, const ports::Payload& p) {
    return std::holds_alternative<ports::MembershipChanged>(p);
  };
  rig.say(alice, Rig::add_member(user));
  rig.put_out(home);
  rig.lose = {};
  ASSERT_TRUE(rig.heard(phone).all<wire::RoomChanged>().empty());
  rig.pass(kReadSlot);
  const auto changes = rig.heard(phone).all<wire::RoomChanged>();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].info.room, kRoom);
  EXPECT_EQ(changes[0].info.role, wire::Role::Member);
}

class SmallBatchTest : public ViewTest {
 protected:
  SmallBatchTest() : ViewTest({.batch_events_max = 1}) {}
};

TEST_F(SmallBatchTest, WhomAHomeDidNotTellIsToldThoughItCommittedMore) {
  UserId user(100);
  while (rig.home(user) == home) user = user.next();
  const End phone = rig.connect(user, DeviceId(user.value), 0, rig.home(user));
  rig.lose = [](ShardId, ShardId, const ports::Payload& p) {
    return std::holds_alternative<ports::MembershipChanged>(p);
  };
  rig.say(alice, Rig::add_member(user));
  for (std::uint32_t cseq = 1; cseq <= 3; ++cseq) rig.say(bob, rig.message(cseq));
  rig.put_out(home);
  rig.lose = {};
  ASSERT_TRUE(rig.heard(phone).all<wire::RoomChanged>().empty());
  rig.pass(kReadSlot);
  ASSERT_EQ(rig.heard(phone).all<wire::RoomChanged>().size(), 1u);
  EXPECT_EQ(rig.heard(phone).all<wire::RoomChanged>()[0].info.room, kRoom);
}

// ---- users

}  // namespace
}  // namespace starling::core::testing
