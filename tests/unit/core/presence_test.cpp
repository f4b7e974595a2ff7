// Who is seen by whom, how soon, and what it costs.
#include <algorithm>
#include <map>

#include "common/base/probe.h"
#include "common/wire/limits.h"
#include "tests/unit/core/rig.h"

namespace starling::core::testing {
namespace {

using State = wire::PresenceState;

/// What a connection has been told last of a user.
std::optional<wire::UserPresence> seen(Rig& rig, End end, UserId user) {
  std::optional<wire::UserPresence> last;
  for (const auto& frame : rig.heard(end).all<wire::PresenceChanged>()) {
    for (const wire::UserPresence& each : frame.users) {
      if (each.user == user) last = each;
    }
  }
  return last;
}
std::optional<State> state(Rig& rig, End end, UserId user) {
  const auto last = seen(rig, end, user);
  return last ? std::optional(last->state) : std::nullopt;
}
std::size_t frames(Rig& rig, End end) { return rig.heard(end).all<wire::PresenceChanged>().size(); }

/// Alice and Bob in a room, on as many shards as there are.
struct Pair {
  explicit Pair(std::uint32_t shards = 1, Config config = {}) : rig(shards, config), last(shards - 1) {
    rig.store.add_room(kRoom, {kAlice, kBob});
    alice = rig.connect(kAlice, DeviceId(10), 0, 0);
    rig.sync(alice, rig.at_head());
  }
  void watch(std::vector<UserId> users = {kBob}, RoomId room = kRoom) {
    rig.say(alice, wire::Watch{.room = room, .users = std::move(users)});
  }
  End bob_comes(DeviceId device = DeviceId(20)) { return rig.connect(kBob, device, 0, last); }

  Rig rig;
  std::uint32_t last;
  End alice;
};

TEST(PresenceTest, WhoComesIsSeenWithinThreeSecondsAndWhoLeavesWithinTwo) {
  for (const std::uint32_t shards : {1u, 3u}) {
    Pair p(shards);
    p.watch();
    p.rig.pass(3s);
    EXPECT_EQ(state(p.rig, p.alice, kBob), State::Offline);
    const End bob = p.bob_comes();
    p.rig.pass(3s);
    EXPECT_EQ(state(p.rig, p.alice, kBob), State::Online);
    p.rig.disconnect(bob, true);
    const WallTime left = p.rig.now().wall;
    p.rig.pass(2s);
    ASSERT_EQ(state(p.rig, p.alice, kBob), State::Offline);
    EXPECT_EQ(seen(p.rig, p.alice, kBob)->last_seen, left);
  }
}

TEST(PresenceTest, WhoIsThereAlreadyIsSeenAtOnce) {
  Pair p(2);
  p.bob_comes();
  p.rig.pass(10s);
  p.watch();
  p.rig.pass(100ms);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Online);
}

TEST(PresenceTest, ABrokenConnectionThatComesBackWithinFifteenSecondsShowsNothing) {
  Pair p(2);
  p.watch();
  End bob = p.bob_comes();
  p.rig.pass(3s);
  const std::size_t before = frames(p.rig, p.alice);
  const std::uint64_t debounced = probe_counts[static_cast<std::size_t>(Probe::presence_debounced)];
  for (int i = 0; i < 3; ++i) {
    p.rig.disconnect(bob);
    p.rig.pass(14s);
    bob = p.bob_comes();
    p.rig.pass(3s);
  }
  EXPECT_EQ(frames(p.rig, p.alice), before);
  EXPECT_EQ(probe_counts[static_cast<std::size_t>(Probe::presence_debounced)], debounced + 3);
  p.rig.disconnect(bob);
  p.rig.pass(14s);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Online);
  p.rig.pass(3s);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Offline);
}

TEST(PresenceTest, OneWhoStopsReadingWhatIsSentIsGoneWithinThirtyFiveSeconds) {
  for (const std::uint32_t shards : {1u, 3u}) {
    Pair p(shards, {.outbox_bytes_soft = 4096});
    p.watch();
    const End bob = p.bob_comes();
    p.rig.sync(bob, p.rig.at_head());
    p.rig.pass(3s);
    p.rig.stop_reading(bob);
    for (std::uint32_t i = 1; i <= 100; ++i) p.rig.say(p.alice, p.rig.message(i, std::string(100, 'x')));
    p.rig.pass(29s);
    EXPECT_EQ(state(p.rig, p.alice, kBob), State::Online);
    p.rig.pass(6s);
    ASSERT_TRUE(p.rig.heard(bob).closed);
    EXPECT_EQ(state(p.rig, p.alice, kBob), State::Offline);
  }
}

TEST(PresenceTest, APersonIsAwayWhenAwayFromAllDevices) {
  Pair p(2);
  p.watch();
  const End phone = p.bob_comes(DeviceId(20));
  const End desk = p.bob_comes(DeviceId(21));
  p.rig.say(phone, wire::SetPresence{.away = true});
  p.rig.pass(3s);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Online);
  p.rig.say(desk, wire::SetPresence{.away = true});
  p.rig.pass(3s);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Away);
  p.rig.disconnect(phone, true);
  p.rig.pass(3s);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Away);
  p.rig.say(desk, wire::SetPresence{.away = false});
  p.rig.pass(3s);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Online);
}

TEST(PresenceTest, ComingAndGoingOfThePersonCostsOneEnvelopeASecondAndTheLastWordHolds) {
  Pair p(2);
  p.watch();
  const End bob = p.bob_comes();
  p.rig.pass(3s);
  int told = 0;
  p.rig.lose = [&](ShardId, ShardId, const ports::Payload& payload) {
    told += std::holds_alternative<ports::DeviceAway>(payload) ? 1 : 0;
    return false;
  };
  for (int i = 0; i < 100; ++i) {
    p.rig.say(bob, wire::SetPresence{.away = i % 2 == 0});
    p.rig.pass(10ms);
  }
  p.rig.say(bob, wire::SetPresence{.away = true});
  EXPECT_LE(told, 3);
  p.rig.pass(5s);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Away);
}

TEST(PresenceTest, WhoIsNoMemberStaysUnknownAndSeesNobody) {
  Pair p(2);
  const End carol = p.rig.connect(kCarol, DeviceId(30), 0, p.last);
  p.bob_comes();
  p.watch({kBob, kCarol});
  p.rig.say(carol, wire::Watch{.room = kRoom, .users = {kAlice, kBob}});
  p.rig.pass(10s);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Online);
  EXPECT_EQ(state(p.rig, p.alice, kCarol), std::nullopt);
  EXPECT_EQ(frames(p.rig, carol), 0u);
}

TEST(PresenceTest, ARoomThatItsHomeLearnsOfLateIsSeenAtOnceThen) {
  Rig rig(2);
  rig.store.add_room(kRoom, {kAlice, kBob});
  rig.connect(kBob, DeviceId(20), 0, 1);
  const End alice = rig.connect(kAlice, DeviceId(10), 0, 0);
  rig.say(alice, wire::Watch{.room = kRoom, .users = {kBob}});
  rig.pass(7s);
  ASSERT_EQ(state(rig, alice, kBob), std::nullopt);
  rig.sync(alice, rig.at_head());
  rig.pass(1s);
  EXPECT_EQ(state(rig, alice, kBob), State::Online);
}

TEST(PresenceTest, NoWatchReadsTheStore) {
  Pair p;
  p.bob_comes();
  p.rig.hold_store();
  p.watch();
  p.rig.pass(3s);
  EXPECT_EQ(p.rig.held(), 0u);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Online);
}

TEST(PresenceTest, WhoIsRemovedIsSeenNoMoreAndSeesNoMore) {
  Pair p(2);
  const End bob = p.bob_comes();
  p.rig.sync(bob, p.rig.at_head());
  p.watch();
  p.rig.say(bob, wire::Watch{.room = kRoom, .users = {kAlice}});
  p.rig.pass(3s);
  p.rig.say(p.alice, wire::Send{.room = kRoom,
                                .epoch = Epoch(1),
                                .cseq = Cseq(1),
                                .client_msg_id = ClientMsgId(1),
                                .kind = wire::EventKind::MemberRemove,
                                .subject = kBob});
  p.rig.pass(1s);
  p.rig.forget_heard();
  p.rig.say(bob, wire::SetPresence{.away = true});
  p.rig.say(p.alice, wire::SetPresence{.away = true});
  p.rig.pass(200s);  // also when the lease is renewed
  EXPECT_EQ(frames(p.rig, p.alice), 0u);
  EXPECT_EQ(frames(p.rig, bob), 0u);
}

TEST(PresenceTest, AWatchReplacesTheOneBeforeOfTheSameRoom) {
  Pair p;
  const RoomId other(0x20);
  p.rig.store.add_room(other, {kAlice, kBob, kCarol});
  p.rig.sync(p.alice, p.rig.at_head(other), wire::SyncMode::Full, other);
  p.watch({kBob});
  p.watch({kBob, kCarol}, other);
  p.rig.pass(3s);
  EXPECT_EQ(state(p.rig, p.alice, kCarol), State::Offline);
  p.watch({}, kRoom);
  const End bob = p.bob_comes();
  p.rig.pass(3s);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Online) << "seen in the other room still";
  p.watch({kCarol}, other);
  p.rig.disconnect(bob, true);
  p.rig.pass(10s);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Online) << "not watched any more";
  p.rig.connect(kCarol, DeviceId(30));
  p.rig.pass(3s);
  EXPECT_EQ(state(p.rig, p.alice, kCarol), State::Online);
}

TEST(PresenceTest, AConnectionWatchesFiveHundredUsersInAllAndNoMore) {
  Pair p;
  std::vector<UserId> many;
  for (std::uint64_t i = 1; i <= wire::limits::kWatchUsersMax; ++i) many.push_back(UserId(1000 + i));
  p.watch(many);
  EXPECT_TRUE(p.rig.heard(p.alice).all<wire::Error>().empty());
  p.watch({kBob}, RoomId(0x77));
  const auto errors = p.rig.heard(p.alice).all<wire::Error>();
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, wire::ErrorCode::TooMany);
  EXPECT_EQ(errors[0].room, RoomId(0x77));
  p.watch({kBob});
  p.watch({kBob}, RoomId(0x77));
  EXPECT_EQ(p.rig.heard(p.alice).all<wire::Error>().size(), 1u) << "there is place again";
}

TEST(PresenceTest, WhoWatchesTooOftenIsToldWhenToComeBack) {
  Pair p;
  const Config config;
  for (std::uint32_t i = 0; i <= config.asks_burst / config.watch_cost; ++i) p.watch({kBob});
  const auto errors = p.rig.heard(p.alice).all<wire::Error>();
  ASSERT_FALSE(errors.empty());
  EXPECT_EQ(errors[0].code, wire::ErrorCode::Busy);
  EXPECT_EQ(errors[0].room, kRoom);
  p.rig.pass(std::chrono::milliseconds(errors.back().retry_after_ms));
  p.watch({kBob});
  EXPECT_EQ(p.rig.heard(p.alice).all<wire::Error>().size(), errors.size());
}

TEST(PresenceTest, AConnectionHearsOnceASecondHoweverMuchHappens) {
  Config config;
  Rig rig(2, config);
  std::vector<UserId> members{kAlice};
  for (std::uint64_t i = 0; i < 100; ++i) members.push_back(UserId(100 + i));
  rig.store.add_room(kRoom, members);
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.sync(alice, rig.at_head());
  rig.say(alice, wire::Watch{.room = kRoom, .users = {members.begin() + 1, members.end()}});
  rig.pass(3s);
  rig.forget_heard();
  std::vector<End> ends;
  for (std::uint64_t i = 0; i < 100; ++i) {
    ends.push_back(rig.connect(UserId(100 + i), DeviceId(1000 + i), 0, static_cast<std::uint32_t>(i % 2)));
    rig.pass(100ms);
  }
  EXPECT_LE(frames(rig, alice), 11u);
  rig.pass(3s);
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_EQ(state(rig, alice, UserId(100 + i)), State::Online);
}

TEST(PresenceTest, WhatGetsLostBetweenShardsIsToldAgain) {
  Pair p(2);
  const std::uint32_t home = p.rig.home(kBob);
  // Alice on the shard that is not Bob's home.
  const End alice = p.rig.connect(kAlice, DeviceId(11), 0, 1 - home);
  p.rig.sync(alice, p.rig.at_head());
  const auto lose_all = [](ShardId, ShardId, const ports::Payload& payload) {
    return std::holds_alternative<ports::AskVisible>(payload) || std::holds_alternative<ports::VisibleUsers>(payload) ||
           std::holds_alternative<ports::WatchPresence>(payload) ||
           std::holds_alternative<ports::PresenceTold>(payload) || std::holds_alternative<ports::DeviceAway>(payload);
  };
  p.rig.lose = lose_all;
  p.rig.say(alice, wire::Watch{.room = kRoom, .users = {kBob}});
  p.rig.pass(2s);
  p.rig.lose = {};
  p.rig.pass(4s);
  EXPECT_EQ(state(p.rig, alice, kBob), State::Offline);
  p.rig.lose = lose_all;
  const End bob = p.bob_comes();
  p.rig.pass(2s);
  p.rig.say(bob, wire::SetPresence{.away = true});
  p.rig.pass(3s);
  EXPECT_EQ(state(p.rig, alice, kBob), State::Offline);
  p.rig.lose = {};
  p.rig.pass(4s);
  EXPECT_EQ(state(p.rig, alice, kBob), State::Away);
}

TEST(PresenceTest, WhoLooksAgainAfterALossIsToldWhatIsTrueNow) {
  Pair p(2);
  const std::uint32_t home = p.rig.home(kBob);
  const End alice = p.rig.connect(kAlice, DeviceId(11), 0, 1 - home);
  p.rig.sync(alice, p.rig.at_head());
  const End bob = p.bob_comes();
  p.rig.say(alice, wire::Watch{.room = kRoom, .users = {kBob}});
  p.rig.pass(3s);
  ASSERT_EQ(state(p.rig, alice, kBob), State::Online);
  p.rig.say(alice, wire::Watch{.room = kRoom, .users = {kAlice}});
  p.rig.pass(1s);
  p.rig.lose = [](ShardId, ShardId, const ports::Payload& payload) {
    return std::holds_alternative<ports::PresenceTold>(payload);
  };
  p.rig.say(bob, wire::SetPresence{.away = true});
  p.rig.pass(3s);
  p.rig.lose = {};
  p.rig.pass(3s);  // the loss is noticed
  p.rig.say(alice, wire::Watch{.room = kRoom, .users = {kBob}});
  p.rig.pass(3s);
  EXPECT_EQ(state(p.rig, alice, kBob), State::Away);
}

TEST(PresenceTest, WhoGoesAwayBeforeANewHomeWasToldOfTheReturnIsShownAway) {
  Pair p(2);
  const std::uint32_t home = p.rig.home(kBob);
  const End alice = p.rig.connect(kAlice, DeviceId(11), 0, 1 - home);
  const End bob = p.rig.connect(kBob, DeviceId(21), 0, 1 - home);
  p.rig.sync(alice, p.rig.at_head());
  p.rig.say(alice, wire::Watch{.room = kRoom, .users = {kBob}});
  p.rig.say(bob, wire::Watch{.room = kRoom, .users = {kAlice}});
  p.rig.say(bob, wire::SetPresence{.away = true});
  p.rig.pass(3s);
  ASSERT_EQ(state(p.rig, alice, kBob), State::Away);
  p.rig.say(bob, wire::SetPresence{.away = false});
  p.rig.restart_shard(home);
  p.rig.pass(400ms);
  p.rig.say(bob, wire::SetPresence{.away = true});
  p.rig.pass(5s);
  EXPECT_EQ(state(p.rig, alice, kBob), State::Away);
}

/// Three nodes; the one that is bob's home falls away, and alice's is his next home.
class MovedPresenceTest : public ::testing::Test {
 protected:
  MovedPresenceTest() {
    Rig other(3);
    other.put_out(home);
    next = other.home(kBob);
    alice = p.rig.connect(kAlice, DeviceId(11), 0, next);
    p.rig.sync(alice, p.rig.at_head());
    p.rig.say(alice, wire::Watch{.room = kRoom, .users = {kBob}});
  }
  Pair p{3};
  std::uint32_t home = p.rig.home(kBob);
  std::uint32_t next = 0;
  End alice;
};

TEST_F(MovedPresenceTest, WhomTheNewHomeDoesNotKnowYetIsNotShownOffline) {
  const End bob = p.rig.connect(kBob, DeviceId(20), 0, 3 - home - next);
  p.rig.pass(3s);
  ASSERT_EQ(state(p.rig, alice, kBob), State::Online);
  p.rig.forget_heard();
  p.rig.lose = [](ShardId, ShardId, const ports::Payload& payload) {
    return std::holds_alternative<ports::AttachDevice>(payload);
  };
  p.rig.put_out(home);
  p.rig.pass(5s);
  p.rig.lose = {};
  p.rig.pass(3s);
  for (const auto& frame : p.rig.heard(alice).all<wire::PresenceChanged>()) {
    for (const wire::UserPresence& each : frame.users) EXPECT_NE(each.state, State::Offline);
  }
  p.rig.disconnect(bob, true);
  p.rig.pass(2s);
  EXPECT_EQ(state(p.rig, alice, kBob), State::Offline);
}

TEST_F(MovedPresenceTest, WhoDoesNotRegisterWithTheNewHomeIsShownOfflineInTheEnd) {
  p.rig.connect(kBob, DeviceId(20), 0, home);
  p.rig.pass(3s);
  ASSERT_EQ(state(p.rig, alice, kBob), State::Online);
  p.rig.put_out(home);
  p.rig.pass(10s);
  EXPECT_EQ(state(p.rig, alice, kBob), State::Online) << "a break of up to 15 s is not shown";
  p.rig.pass(8s);
  EXPECT_EQ(state(p.rig, alice, kBob), State::Offline);
}

TEST(PresenceTest, WhoIsAddedByAnEventThatWasLostIsSeenOnceItIsFetched) {
  for (const std::uint32_t messages : {0u, 300u}) {  // as many as the home's tail does not hold
    Pair p(2);
    const std::uint32_t far = 1 - p.rig.home(kRoom);
    const End alice = p.rig.connect(kAlice, DeviceId(11), 0, far);
    p.rig.sync(alice, p.rig.at_head());
    p.rig.connect(kCarol, DeviceId(30));
    p.rig.say(alice, wire::Watch{.room = kRoom, .users = {kCarol}});
    p.rig.pass(3s);
    ASSERT_EQ(state(p.rig, alice, kCarol), std::nullopt);
    p.rig.lose = [](ShardId, ShardId, const ports::Payload& payload) {
      return std::holds_alternative<ports::EventsPublished>(payload);
    };
    p.rig.say(p.alice, p.rig.add_member(kCarol));
    for (std::uint32_t i = 0; i < messages; ++i) p.rig.say(p.alice, p.rig.message(2 + i, std::string(300, 'x')));
    p.rig.lose = {};
    p.rig.pass(4s);
    EXPECT_EQ(state(p.rig, alice, kCarol), State::Online);
  }
}

TEST(PresenceTest, AShardThatDoesNotRenewItsWatchIsForgotten) {
  Pair p(2);
  const std::uint32_t home = p.rig.home(kBob);
  const End alice = p.rig.connect(kAlice, DeviceId(11), 0, 1 - home);
  p.rig.sync(alice, p.rig.at_head());
  p.rig.say(alice, wire::Watch{.room = kRoom, .users = {kBob}});
  p.rig.pass(3s);
  const std::uint64_t expired = probe_counts[static_cast<std::size_t>(Probe::presence_watch_expired)];
  p.rig.disconnect(alice);
  p.rig.pass(200s);
  EXPECT_GT(probe_counts[static_cast<std::size_t>(Probe::presence_watch_expired)], expired);
  int told = 0;
  p.rig.lose = [&](ShardId, ShardId, const ports::Payload& payload) {
    told += std::holds_alternative<ports::PresenceTold>(payload) ? 1 : 0;
    return false;
  };
  p.rig.connect(kBob, DeviceId(20), 0, home);
  p.rig.pass(5s);
  EXPECT_EQ(told, 0);
}

TEST(PresenceTest, AWatchOutlivesManyLeases) {
  Pair p(2);
  p.watch();
  p.rig.pass(20min);
  const End bob = p.bob_comes();
  p.rig.pass(3s);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Online);
  p.rig.disconnect(bob, true);
  p.rig.pass(2s);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Offline);
}

TEST(PresenceTest, AnOldWordDoesNotReplaceANewerOne) {
  Pair p(2);
  const std::uint32_t home = p.rig.home(kBob);
  const End alice = p.rig.connect(kAlice, DeviceId(11), 0, 1 - home);
  p.rig.sync(alice, p.rig.at_head());
  p.rig.say(alice, wire::Watch{.room = kRoom, .users = {kBob}});
  p.bob_comes();
  p.rig.pass(3s);
  ASSERT_EQ(state(p.rig, alice, kBob), State::Online);
  p.rig.forget_heard();
  const ports::PresenceTold old{.users = {{.presence = {.user = kBob, .state = State::Away}, .version = 1}}};
  p.rig.input(alice.shard, EnvelopeReceived{{.header = {.from = ShardId(static_cast<std::uint16_t>(home)),
                                                        .boot = 2,
                                                        .link_seq = 1'000'000,
                                                        .view = ViewId(1)},
                                             .payload = old}});
  p.rig.pass(1ms);
  EXPECT_EQ(frames(p.rig, alice), 0u);
}

TEST(PresenceTest, OneWhoReadsNothingIsToldTheLastStateOnceHeReadsAgain) {
  Pair p;
  p.rig.store.add_room(RoomId(0x30), {kAlice, kBob}, 0);
  const End bob = p.bob_comes();
  p.watch();
  p.rig.pass(3s);
  p.rig.forget_heard();
  p.rig.stop_reading(p.alice);
  p.rig.sync(bob, p.rig.at_head());
  for (std::uint32_t i = 1; i <= 40; ++i) p.rig.say(bob, p.rig.message(i, std::string(2000, 'x')));
  ASSERT_GT(p.rig.heard(p.alice).queued, 64u * 1024);
  p.rig.say(bob, wire::SetPresence{.away = true});
  p.rig.pass(5s);
  EXPECT_EQ(frames(p.rig, p.alice), 0u);
  p.rig.drain(p.alice);
  p.rig.pass(2s);
  EXPECT_EQ(frames(p.rig, p.alice), 1u);
  EXPECT_EQ(state(p.rig, p.alice, kBob), State::Away);
}

TEST(PresenceTest, ACallerOfManyShardsCostsOneEnvelopeAShardAndNothingWhenNobodyWatches) {
  Pair p(3);
  p.rig.pass(3s);
  const auto sum = [&] {
    std::uint64_t envelopes = 0;
    for (std::uint32_t i = 0; i < 3; ++i) envelopes += p.rig.shard(i).counters().presence_envelopes;
    return envelopes;
  };
  const End bob = p.bob_comes();
  p.rig.pass(3s);
  p.rig.disconnect(bob, true);
  p.rig.pass(3s);
  EXPECT_EQ(sum(), 0u);
  p.watch();
  p.rig.pass(3s);
  const std::uint64_t before = sum();
  p.bob_comes();
  p.rig.pass(3s);
  EXPECT_EQ(sum(), before + 1);
}

}  // namespace
}  // namespace starling::core::testing
