// Two shards whose rings lose things.
#include "common/base/probe.h"
#include "tests/unit/core/rig.h"

namespace starling::core::testing {
namespace {

class LinksTest : public ::testing::Test {
 protected:
  LinksTest() {
    rig.store.add_room(kRoom, {kAlice, kBob});
    home = rig.home(kRoom);
    far = 1 - home;
    alice = rig.connect(kAlice, DeviceId(10), 0, home);
    bob = rig.connect(kBob, DeviceId(20), 0, far);
    for (const End end : {alice, bob}) rig.sync(end, rig.at_head());
    rig.forget_heard();
    probe_counts = {};
  }
  template <class Payload>
  void lose_all() {
    rig.lose = [](ShardId, ShardId, const ports::Payload& p) { return std::holds_alternative<Payload>(p); };
  }
  std::uint64_t count(Probe p) { return probe_counts[static_cast<std::size_t>(p)]; }

  Rig rig{2};
  std::uint32_t home = 0;
  std::uint32_t far = 0;
  End alice;
  End bob;
};

TEST_F(LinksTest, AnEventCrossesToTheShardThatListens) {
  rig.say(alice, rig.message(1));
  EXPECT_EQ(rig.heard(bob).seqs(), std::vector<std::uint64_t>{3});
  rig.say(bob, rig.message(1));
  EXPECT_EQ(rig.heard(alice).seqs(), (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(rig.heard(bob).all<wire::SendResult>().at(0).seq, Seq(4));
}

TEST_F(LinksTest, AnAttemptUnderAnOldNumberIsNotAskedAgainOnceItsMessageHasAnother) {
  const wire::Send attempt = rig.message(2);
  wire::Send renumbered = attempt;
  renumbered.cseq = Cseq(1);
  renumbered.renumbered = true;
  lose_all<ports::SendAnswered>();
  rig.say(bob, attempt);  // out of order, and nobody hears so
  rig.lose = {};
  rig.say(bob, renumbered);
  EXPECT_EQ(rig.heard(bob).all<wire::SendResult>().at(0).status, wire::SendStatus::Accepted);
  rig.restart_shard(home);  // a home that has not seen it
  rig.pass(5s);
  EXPECT_EQ(rig.store.room(kRoom).head(), Seq(3));
}

TEST_F(LinksTest, ALostTailIsFoundByAHeartbeatWithinHalfASecondAndMended) {
  lose_all<ports::EventsPublished>();
  rig.say(alice, rig.message(1));
  rig.lose = {};
  EXPECT_TRUE(rig.heard(bob).seqs().empty());
  rig.pass(500ms);
  EXPECT_EQ(rig.heard(bob).seqs(), std::vector<std::uint64_t>{3});
  EXPECT_EQ(count(Probe::tail_loss_found), 1u);
  EXPECT_EQ(count(Probe::gap_from_ring), 1u);
}

TEST_F(LinksTest, ALostTailIsFoundByADigestWhenHeartbeatsAreLostToo) {
  rig.lose = [](ShardId, ShardId, const ports::Payload& p) {
    return std::holds_alternative<ports::EventsPublished>(p) || std::holds_alternative<ports::Heartbeat>(p) ||
           std::holds_alternative<ports::AskHeads>(p);
  };
  rig.say(alice, rig.message(1));
  rig.pass(2s);
  EXPECT_EQ(rig.heard(bob).seqs(), std::vector<std::uint64_t>{3});
}

TEST_F(LinksTest, AGapBeforeAnEventIsMendedInOrder) {
  lose_all<ports::EventsPublished>();
  rig.say(alice, rig.message(1));
  rig.say(alice, rig.message(2));
  rig.lose = {};
  rig.say(alice, rig.message(3));
  EXPECT_EQ(rig.heard(bob).seqs(), (std::vector<std::uint64_t>{3, 4, 5}));
}

/// What the home has said last is lost, and then it says nothing more.
class SilentHomeTest : public LinksTest {
 protected:
  SilentHomeTest() {
    rig.lose = [this](ShardId from, ShardId, const ports::Payload&) { return from.value == home; };
  }
};

TEST_F(SilentHomeTest, ASyncIsAnsweredByWhatTheStoreHas) {
  rig.say(alice, rig.message(1));
  rig.pass(1500ms);
  rig.sync(bob, rig.at(2));
  EXPECT_EQ(rig.heard(bob).synced().status, wire::SyncStatus::Unavailable);
  EXPECT_EQ(count(Probe::silent_home_was_ahead), 1u);
  rig.sync(bob, rig.at(2));
  EXPECT_EQ(rig.heard(bob).synced().status, wire::SyncStatus::Live);
  EXPECT_EQ(rig.heard(bob).synced().head, Seq(3));
  EXPECT_EQ(rig.heard(bob).seqs(), std::vector<std::uint64_t>{3});
}

TEST_F(SilentHomeTest, APageIsNotServedThatLacksTheHead) {
  rig.say(alice, rig.message(1));
  rig.pass(1500ms);
  const wire::HistoryRequest newest{.request_id = 5, .room = kRoom, .backward = true, .limit = 10};
  rig.say(bob, newest);
  rig.say(bob, newest);
  const auto pages = rig.heard(bob).all<wire::HistoryPage>();
  ASSERT_EQ(pages.size(), 2u);
  EXPECT_EQ(pages[0].status, wire::SyncStatus::Unavailable);
  EXPECT_EQ(pages[1].status, wire::SyncStatus::Live);
  EXPECT_EQ(pages[1].head, Seq(3));
}

TEST_F(SilentHomeTest, AnotherHistoryIsNotTakenForTheRestOfThisOne) {
  const wire::Cursor held = rig.at_head();
  wire::Cursor other = held;
  other.seq = Seq(30);
  rig.sync(alice, other);
  rig.say(alice, rig.message(1, "new", 16));
  ASSERT_EQ(rig.store.room(kRoom).head(), Seq(3));
  rig.pass(1500ms);
  rig.sync(bob, held);
  EXPECT_EQ(rig.heard(bob).synced().status, wire::SyncStatus::Unavailable);
  EXPECT_TRUE(rig.heard(bob).seqs().empty());
  rig.lose = {};
  rig.pass(3s);
  rig.sync(bob, held);
  EXPECT_EQ(rig.heard(bob).synced().reason, wire::ResetReason::Epoch);
}

/// After a restore, which raised the epoch: its shorter log is no other history than the one that the epoch names.
TEST_F(SilentHomeTest, WhatADeviceHoldsOfAnEarlierEpochDisputesNothing) {
  RoomId restored = kRoom.next();
  while (rig.home(restored) != home) restored = restored.next();
  rig.store.add_room(restored, {kAlice, kBob}).epoch = Epoch(2);
  rig.lose = {};
  rig.sync(bob, {}, wire::SyncMode::Full, restored);
  rig.lose = [this](ShardId from, ShardId, const ports::Payload&) { return from.value == home; };
  rig.pass(1500ms);
  const wire::Cursor held{.epoch = Epoch(1), .seq = Seq(30), .hash = PrefixHash(1)};
  rig.sync(bob, held, wire::SyncMode::Full, restored);
  rig.lose = {};
  rig.pass(3s);
  rig.sync(bob, held, wire::SyncMode::Full, restored);
  EXPECT_EQ(rig.heard(bob).synced(restored).reason, wire::ResetReason::Epoch);
  EXPECT_EQ(rig.store.room(restored).epoch, Epoch(2));
}

TEST_F(SilentHomeTest, WhatTheHomeSaysFirstIsNotYetHowFarItIs) {
  rig.say(alice, rig.message(1));
  rig.pass(1500ms);
  lose_all<ports::HeadDigest>();
  rig.pass(300ms);
  rig.sync(bob, rig.at(2));
  EXPECT_EQ(rig.heard(bob).synced().status, wire::SyncStatus::Unavailable);
  rig.sync(bob, rig.at(2));
  EXPECT_EQ(rig.heard(bob).synced().head, Seq(3));
}

TEST_F(LinksTest, ALossWhileAnEarlierOneIsAskedAboutMakesDoubtfulToo) {
  rig.lose = [](ShardId, ShardId, const ports::Payload& p) {
    const auto* digest = std::get_if<ports::HeadDigest>(&p);
    return std::holds_alternative<ports::EventsPublished>(p) || (digest != nullptr && digest->request != 0);
  };
  rig.say(alice, rig.message(1));
  rig.pass(1100ms);
  ASSERT_EQ(rig.heard(bob).seqs(), std::vector<std::uint64_t>{3}) << "by a digest that nobody has asked for";
  rig.say(alice, rig.message(2));
  rig.pass(300ms);
  rig.sync(bob, rig.at(3));
  EXPECT_EQ(rig.heard(bob).synced().status, wire::SyncStatus::Unavailable);
}

TEST_F(LinksTest, AHomeThatIsHeardIsBelieved) {
  const std::size_t before = rig.submitted<ports::ReadPage>();
  rig.pass(5s);
  rig.sync(bob, rig.at_head());
  EXPECT_EQ(rig.heard(bob).synced().status, wire::SyncStatus::Live);
  EXPECT_EQ(rig.submitted<ports::ReadPage>(), before);
}

TEST_F(LinksTest, AGapThatTheTailDoesNotReachIsReadFromTheStore) {
  lose_all<ports::EventsPublished>();
  for (std::uint32_t i = 1; i <= 300; ++i) rig.say(alice, rig.message(i, std::string(300, 'x')));
  rig.lose = {};
  rig.pass(2s);
  EXPECT_EQ(rig.heard(bob).seqs().size(), 300u);
  EXPECT_GT(count(Probe::gap_from_store), 0u);
}

TEST_F(LinksTest, AForwardThatWasLostIsRepeatedUntilItIsAnswered) {
  lose_all<ports::ForwardSend>();
  rig.say(bob, rig.message(1));
  rig.pass(1500ms);
  EXPECT_TRUE(rig.heard(bob).all<wire::SendResult>().empty());
  EXPECT_NE(rig.shard(far).pending(), "");
  rig.lose = {};
  rig.pass(1500ms);
  ASSERT_EQ(rig.heard(bob).all<wire::SendResult>().size(), 1u);
  EXPECT_EQ(rig.heard(bob).all<wire::SendResult>()[0].status, wire::SendStatus::Accepted);
  EXPECT_EQ(rig.shard(far).pending(), "");
}

TEST_F(LinksTest, AnAnswerThatWasLostIsGivenAgainOnce) {
  lose_all<ports::SendAnswered>();
  rig.say(bob, rig.message(1));
  rig.lose = {};
  rig.pass(3s);
  ASSERT_EQ(rig.heard(bob).all<wire::SendResult>().size(), 1u);
  EXPECT_EQ(rig.heard(bob).all<wire::SendResult>()[0].status, wire::SendStatus::Duplicate);
  EXPECT_EQ(rig.store.room(kRoom).head(), Seq(3));
}

TEST_F(LinksTest, ARegistrationThatWasLostIsAskedForAgain) {
  rig.store.add_room(RoomId(0x11), {kBob}, 5);
  rig.lose = [](ShardId, ShardId, const ports::Payload& p) {
    return std::holds_alternative<ports::JoinRooms>(p) || std::holds_alternative<ports::JoinedRooms>(p);
  };
  RoomId other(0x11);
  while (rig.home(other) == far) other = other.next();
  if (other != RoomId(0x11)) rig.store.add_room(other, {kBob}, 5);
  rig.sync(bob, rig.at(2, other), wire::SyncMode::Full, other);
  rig.lose = {};
  rig.pass(3s);
  EXPECT_EQ(rig.heard(bob).synced(other).status, wire::SyncStatus::Live);
  EXPECT_EQ(rig.heard(bob).seqs(other), (std::vector<std::uint64_t>{3, 4, 5, 6}));
}

TEST_F(LinksTest, ANoticeOfANewEpochThatWasLostIsLearntFromTheDigest) {
  lose_all<ports::EpochNotice>();
  wire::Cursor other = rig.at_head();
  other.seq = Seq(30);
  rig.sync(alice, other);  // alice is at the home; bob's shard hears nothing
  ASSERT_EQ(rig.store.room(kRoom).epoch, Epoch(16));
  rig.lose = {};
  rig.say(alice, rig.message(1, "new", 16));
  rig.pass(2s);
  EXPECT_EQ(rig.heard(bob).synced().reason, wire::ResetReason::Epoch);
  EXPECT_EQ(rig.heard(bob).seqs().back(), 3u);
}

TEST_F(LinksTest, AMembershipNoticeThatWasLostIsRepeated) {
  rig.lose = [](ShardId, ShardId, const ports::Payload& p) {
    return std::holds_alternative<ports::MembershipChanged>(p) || std::holds_alternative<ports::UserNotice>(p);
  };
  const End carol = rig.connect(kCarol, DeviceId(30), 0, far);
  rig.say(alice, rig.add_member(kCarol));
  rig.lose = {};
  rig.pass(5s);
  EXPECT_EQ(rig.heard(carol).all<wire::RoomChanged>().size(), 1u);
}

TEST_F(LinksTest, ManyRepeatsGoAPieceAtATime) {
  std::size_t forwards = 0;
  rig.lose = [&](ShardId, ShardId, const ports::Payload& p) {
    if (!std::holds_alternative<ports::ForwardSend>(p)) return false;
    ++forwards;
    return true;
  };
  for (std::uint32_t i = 1; i <= 500; ++i) rig.say(bob, rig.message(i));
  ASSERT_EQ(forwards, 500u);
  std::size_t most = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::size_t before = forwards;
    rig.pass(1ms);
    most = std::max(most, forwards - before);
  }
  EXPECT_LE(most, 64u);
  rig.lose = {};
  rig.pass(2s);
  EXPECT_EQ(rig.heard(bob).all<wire::SendResult>().size(), 500u);
}

TEST_F(LinksTest, RepeatsThatAShortRingDoesNotTakeAtOnceAllPassWithinTheInterval) {
  Instant emptied{};
  std::size_t queued = 0;
  rig.lose = [&](ShardId, ShardId, const ports::Payload& p) {
    if (!std::holds_alternative<ports::ForwardSend>(p)) return false;
    if (rig.now().at >= emptied + 20ms) {
      emptied = rig.now().at;
      queued = 0;
    }
    return ++queued > 8;
  };
  for (std::uint32_t i = 1; i <= 32; ++i) rig.say(bob, rig.message(i));
  ASSERT_EQ(rig.heard(bob).all<wire::SendResult>().size(), 8u);
  rig.pass(1500ms);
  EXPECT_EQ(rig.heard(bob).all<wire::SendResult>().size(), 32u);
  EXPECT_EQ(rig.store.room(kRoom).head(), Seq(2 + 32));
}

TEST_F(LinksTest, ANoticeThatComesTwiceDoesNotStandForAnotherChange) {
  const End carol = rig.connect(kCarol, DeviceId(30), 0, rig.home(kCarol));
  RoomId elsewhere(0x11);
  while (rig.home(elsewhere) == rig.home(kCarol)) elsewhere = elsewhere.next();
  rig.store.add_room(elsewhere, {kAlice});
  lose_all<ports::Answered>();
  rig.say(alice, rig.add_member(kCarol, elsewhere));
  ASSERT_EQ(rig.heard(carol).all<wire::RoomChanged>().size(), 1u);
  EXPECT_EQ(rig.heard(carol).all<wire::RoomChanged>()[0].rooms_version, 1u);
  rig.store.add_room(RoomId(0x99), {kCarol});  // the notice of this one is still on its way
  rig.lose = {};
  rig.pass(5s);
  // The version that has the other room comes with the other room.
  for (const auto& change : rig.heard(carol).all<wire::RoomChanged>()) EXPECT_EQ(change.rooms_version, 1u);
  ASSERT_EQ(rig.heard(carol).all<wire::RoomList>().size(), 1u);
  EXPECT_EQ(rig.heard(carol).all<wire::RoomList>()[0].rooms.size(), 2u);
}

TEST_F(LinksTest, ANoticeThatIsRepeatedDoesNotOvertakeALaterOne) {
  const End carol = rig.connect(kCarol, DeviceId(30), 0, 1 - rig.home(kCarol));
  const auto change = [&](std::uint32_t cseq, wire::EventKind kind, wire::Role role) {
    rig.say(alice, wire::Send{.room = kRoom,
                              .epoch = Epoch(1),
                              .cseq = Cseq(cseq),
                              .client_msg_id = ClientMsgId(cseq),
                              .kind = kind,
                              .subject = kCarol,
                              .role = role});
  };
  change(1, wire::EventKind::MemberAdd, wire::Role::Member);
  lose_all<ports::UserNotice>();
  change(2, wire::EventKind::MemberRemove, wire::Role::None);
  rig.lose = {};
  change(3, wire::EventKind::MemberAdd, wire::Role::Member);
  rig.pass(5s);
  const auto changes = rig.heard(carol).all<wire::RoomChanged>();
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[1].info.role, wire::Role::None);
  EXPECT_EQ(changes[2].info.role, wire::Role::Member);
}

TEST_F(LinksTest, ADeviceIsNotJudgedByAReadFromBeforeWhatItHasSeen) {
  lose_all<ports::EventsPublished>();
  rig.say(alice, rig.message(1));
  const wire::Cursor old = rig.at(2);
  const End first = rig.connect(kBob, DeviceId(21), 1, far);
  const End second = rig.connect(kBob, DeviceId(22), 1, far);
  rig.hold_store();
  rig.sync(first, old, wire::SyncMode::Full, kRoom, Seq(3));
  ASSERT_EQ(rig.held_of<ports::ReadPage>(), 1u);
  const std::uint64_t id = rig.held_id();
  ports::StoreCompletion head{.id = id, .result = rig.store.execute(rig.take_held())};
  rig.let_store_run();
  rig.say(alice, rig.message(2));
  rig.sync(second, old, wire::SyncMode::Full, kRoom, Seq(4));
  rig.input(far, StoreCompleted{std::move(head)});
  rig.lose = {};
  rig.pass(3s);
  EXPECT_EQ(rig.submitted<ports::RaiseEpoch>(), 0u);
  EXPECT_EQ(rig.store.room(kRoom).epoch, Epoch(1));
}

TEST_F(LinksTest, ManyLossesAskForTheHeadsOnce) {
  std::size_t asks = 0;
  rig.lose = [&](ShardId, ShardId, const ports::Payload& p) {
    asks += std::holds_alternative<ports::AskHeads>(p) ? 1 : 0;
    return std::holds_alternative<ports::AskHeads>(p);
  };
  for (std::uint64_t n = 1; n <= 50; ++n) {
    rig.input(far, EnvelopeReceived{{.header = {.from = ShardId(static_cast<std::uint16_t>(home)),
                                                .boot = 2,
                                                .link_seq = 1000 + n * 2,
                                                .view = ViewId(1)},
                                     .payload = ports::Heartbeat{}}});
  }
  EXPECT_EQ(asks, 1u);
}

TEST_F(LinksTest, AnEnvelopeOfAnotherViewIsNotLookedAt) {
  ports::Envelope stale{
      .header = {.from = ShardId(static_cast<std::uint16_t>(home)), .boot = 2, .link_seq = 900, .view = ViewId(99)},
      .payload = ports::EventsPublished{.room = kRoom, .epoch = Epoch(1), .events = {{.room = kRoom, .seq = Seq(3)}}}};
  rig.input(far, EnvelopeReceived{stale});
  EXPECT_TRUE(rig.heard(bob).seqs().empty());
}

// ---- one shard starts anew

TEST_F(LinksTest, AHomeThatStartedAnewLearnsWhoListens) {
  rig.restart_shard(home);
  rig.pass(500ms);
  EXPECT_EQ(count(Probe::link_boot_changed), 1u);
  alice = rig.connect(kAlice, DeviceId(10), 0, home);
  rig.sync(alice, rig.at_head());
  rig.say(alice, rig.message(1));
  EXPECT_EQ(rig.heard(bob).seqs(), std::vector<std::uint64_t>{3});
}

TEST_F(LinksTest, WhatWasCommittedWhileAHomeWasGoneIsFoundOnceItIsBack) {
  rig.restart_shard(home);
  rig.store.room(kRoom).append({.room = kRoom,
                                .kind = wire::EventKind::Message,
                                .sender = kAlice,
                                .device = DeviceId(99),
                                .cseq = Cseq(1),
                                .client_msg_id = ClientMsgId(7),
                                .body = "by another home"});
  rig.pass(500ms);
  EXPECT_EQ(rig.heard(bob).seqs(), std::vector<std::uint64_t>{3});
}

TEST_F(LinksTest, AnAnswerToAnEarlierLifeReachesNobody) {
  rig.hold_store();
  rig.say(bob, rig.message(1));
  rig.restart_shard(far);
  const End another = rig.connect(kAlice, DeviceId(11), 0, far);
  ASSERT_EQ(another, bob);
  rig.pass(500ms);
  rig.let_store_run();
  rig.pass(2s);
  EXPECT_EQ(rig.heard(another).all<wire::Welcome>().size(), 1u);
  EXPECT_TRUE(rig.heard(another).all<wire::SendResult>().empty());
}

TEST_F(LinksTest, WhatWasSaidToAnEarlierLifeIsNotLookedAt) {
  rig.restart_shard(far);
  bob = rig.connect(kBob, DeviceId(20), 0, far);
  rig.sync(bob, rig.at_head());
  rig.pass(500ms);
  rig.forget_heard();
  rig.input(far, EnvelopeReceived{{.header = {.from = ShardId(static_cast<std::uint16_t>(home)),
                                              .boot = 2,
                                              .to_boot = 2,
                                              .link_seq = 1000,
                                              .view = ViewId(1)},
                                   .payload = ports::DeviceFenced{.request = 1, .conn = bob.conn}}});
  EXPECT_FALSE(rig.heard(bob).closed);
}

/// A user whose home is not the shard that the user is connected to.
class UserHomeTest : public ::testing::Test {
 protected:
  UserHomeTest() : rig(2, config()) {
    rig.store.add_room(kRoom, {kAlice, kBob});
    home = rig.home(kBob);
    far = 1 - home;
    bob = rig.connect(kBob, DeviceId(20), 0, far);
    rig.pass(100ms);
    rig.forget_heard();
  }
  static Config config() {
    Config config;
    config.connections_per_user_max = 1;
    return config;
  }

  Rig rig;
  std::uint32_t home = 0;
  std::uint32_t far = 0;
  End bob;
};

TEST_F(UserHomeTest, ConnectionsOfAShardThatStartedAnewAreForgotten) {
  rig.restart_shard(far);
  rig.pass(500ms);
  const End tablet = rig.connect(kBob, DeviceId(21), 0, home);
  EXPECT_EQ(rig.heard(tablet).all<wire::Welcome>().size(), 1u);
}

TEST_F(UserHomeTest, AHomeThatStartedAnewLearnsOfItsUsersSessions) {
  rig.restart_shard(home);
  rig.pass(500ms);
  EXPECT_EQ(rig.heard(bob).all<wire::RoomList>().size(), 1u);
  const End tablet = rig.connect(kBob, DeviceId(21), 0, home);
  EXPECT_TRUE(rig.heard(tablet).closed);  // one connection is all that the user may have
  EXPECT_FALSE(rig.heard(bob).closed);
}

TEST_F(UserHomeTest, OfTwoSessionsOfADeviceThatBothRegisterAnewTheLaterStays) {
  rig.lose = [](ShardId, ShardId, const ports::Payload& p) { return std::holds_alternative<ports::DeviceFenced>(p); };
  rig.pass(1s);
  const End again = rig.connect(kBob, DeviceId(20), 0, far);
  ASSERT_FALSE(rig.heard(bob).closed);
  rig.restart_shard(home);
  rig.lose = {};
  rig.pass(3s);
  EXPECT_TRUE(rig.heard(bob).closed);
  EXPECT_FALSE(rig.heard(again).closed);
}

}  // namespace
}  // namespace starling::core::testing
