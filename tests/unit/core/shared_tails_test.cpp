// Gaps that the home's own tail does not mend: from the cache that the nodes share, as far as the home vouches for it, or
// else from the store.
#include "common/base/probe.h"
#include "tests/unit/core/rig.h"

namespace starling::core::testing {
namespace {

/// No home keeps a tail of its own.
Config config() {
  Config config;
  config.tail_bytes_per_room = 0;
  config.shared_tails = true;
  return config;
}

/// Two nodes; bob is connected beside the room's home, and lacks two events of which he has not heard yet.
class SharedTailsTest : public ::testing::Test {
 protected:
  SharedTailsTest() {
    rig.store.add_room(kRoom, {kAlice, kBob});
    home = rig.home(kRoom);
    alice = rig.connect(kAlice, DeviceId(10), 0, home);
    bob = rig.connect(kBob, DeviceId(20), 0, 1 - home);
    for (const End end : {alice, bob}) rig.sync(end, rig.at_head());
    rig.forget_heard();
    probe_counts = {};
    lose_published();
    rig.say(alice, rig.message(1, "three"));
    rig.say(alice, rig.message(2, "four"));
    rig.lose = {};
  }
  void lose_published() {
    rig.lose = [](ShardId, ShardId, const ports::Payload& p) {
      return std::holds_alternative<ports::EventsPublished>(p);
    };
  }
  std::uint64_t count(Probe p) { return probe_counts[static_cast<std::size_t>(p)]; }
  /// Bob has everything, in order, and with the text that was said.
  void expect_mended(Probe from) {
    rig.pass(1s);
    const auto events = rig.heard(bob).all<wire::Event>();
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].body, "three");
    EXPECT_EQ(events[1].body, "four");
    EXPECT_EQ(count(Probe::gap_from_cache), from == Probe::gap_from_cache ? 1u : 0u);
    EXPECT_EQ(count(Probe::gap_from_store), from == Probe::gap_from_store ? 1u : 0u);
  }

  Rig rig{2, config()};
  std::uint32_t home = 0;
  End alice;
  End bob;
};

TEST_F(SharedTailsTest, AGapIsMendedWithoutTheStore) {
  rig.hold_store();
  expect_mended(Probe::gap_from_cache);
}

TEST_F(SharedTailsTest, AMissIsMendedByTheStore) {
  rig.cache.clear();
  expect_mended(Probe::gap_from_store);
}

TEST_F(SharedTailsTest, AHoleIsNotBelieved) {
  rig.on_tail_read = [](ports::TailRead& read) {
    read.events.erase(read.events.begin());
    return true;
  };
  expect_mended(Probe::gap_from_store);
}

TEST_F(SharedTailsTest, AnAnswerIsNotBelievedThatLacksWhatTheHomeKnows) {
  rig.on_tail_read = [](ports::TailRead& read) {
    read.events.pop_back();
    return true;
  };
  expect_mended(Probe::gap_from_store);
}

TEST_F(SharedTailsTest, AnotherHistoryIsNotBelieved) {
  rig.on_tail_read = [](ports::TailRead& read) {
    read.events.front().body = "never said";
    return true;
  };
  expect_mended(Probe::gap_from_store);
}

TEST_F(SharedTailsTest, WhatTheHomeHasNotSaidIsNotShown) {
  rig.on_tail_read = [](ports::TailRead& read) {
    read.events.push_back(read.events.back());
    read.events.back().seq = read.events.back().seq.next();
    return true;
  };
  expect_mended(Probe::gap_from_cache);
}

TEST_F(SharedTailsTest, AnAnswerThatDoesNotComeHoldsUpNothing) {
  rig.on_tail_read = [](ports::TailRead&) { return false; };
  rig.pass(2s);
  expect_mended(Probe::gap_from_store);
}

TEST_F(SharedTailsTest, AnErasedTextIsNotKept) {
  lose_published();
  wire::Send erase = rig.message(3, "");
  erase.kind = wire::EventKind::Delete;
  erase.target = Seq(3);
  rig.say(alice, erase);
  rig.lose = {};
  EXPECT_TRUE(rig.cache.empty());
  rig.pass(1s);
  EXPECT_EQ(rig.heard(bob).seqs(), (std::vector<std::uint64_t>{3, 4, 5}));
  EXPECT_EQ(count(Probe::gap_from_store), 1u);
}

TEST(SharedTails, ANodeThatIsAloneHasNoUseForThem) {
  Rig rig{1, config()};
  rig.store.add_room(kRoom, {kAlice});
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.sync(alice, rig.at_head());
  rig.say(alice, rig.message(1));
  EXPECT_EQ(rig.heard(alice).seqs().size(), 1u);
  EXPECT_EQ(rig.directory_ops, 0u);
}

TEST(SharedTails, WhenTheCacheIsColdTheStoreIsAskedForAFewAtOnce) {
  Config few = config();
  few.gap_reads_max = 2;
  Rig rig{2, few};
  std::vector<RoomId> rooms;
  for (std::uint64_t n = 1; rooms.size() < 7; ++n) {
    if (rig.home(RoomId(n)) != 0) continue;
    rooms.emplace_back(n);
    rig.store.add_room(rooms.back(), {kAlice, kBob});
  }
  const End alice = rig.connect(kAlice, DeviceId(10), 0, 0);
  const End bob = rig.connect(kBob, DeviceId(20), 0, 1);
  rig.lose = [](ShardId, ShardId, const ports::Payload& p) {
    return std::holds_alternative<ports::EventsPublished>(p);
  };
  for (const RoomId room : rooms) {
    for (const End end : {alice, bob}) rig.sync(end, rig.at_head(room), wire::SyncMode::Full, room);
  }
  for (const RoomId room : rooms) rig.say(alice, rig.message(1, "hello", 1, room));
  rig.lose = {};
  rig.cache.clear();
  rig.hold_store();
  for (int looks = 0; looks < 20; ++looks) {
    rig.pass(200ms);
    EXPECT_LE(rig.held_of<ports::ReadPage>(), 2u);
  }
  EXPECT_EQ(rig.held_of<ports::ReadPage>(), 2u);
  rig.let_store_run();
  for (const RoomId room : rooms) EXPECT_EQ(rig.heard(bob).seqs(room), std::vector<std::uint64_t>{3}) << room.value;
}

}  // namespace
}  // namespace starling::core::testing
