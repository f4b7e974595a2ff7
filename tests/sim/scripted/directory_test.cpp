// The cache that several nodes share: what it is good for, and that nothing depends on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scripted/three_nodes.h"

namespace starling::sim {
namespace {

struct Cluster : ThreeNodes {
  Cluster() : ThreeNodes(true) {}
  /// Nothing that it says to other nodes arrives any more, and then it dies with what it has said last.
  void dies_unheard(std::uint32_t node) {
    for (const std::uint32_t other : {0u, 1u, 2u}) {
      if (other == node) continue;
      story.world().bus().disturb({.kind = users::FaultKind::BusCut, .node = node + 1, .to = other + 1, .span = 10s});
    }
    alice.says(room, "two");
    bob.says(room, "three");
    story.passes(300ms);
    story.world().node(node).kill(StoreModel::Death::Process);
    story.world().restart_after(story.world().node(node), 8s);
    story.passes(20s);
  }
  void expect_all_seen() {
    EXPECT_TRUE(story.ends_well());
    EXPECT_THAT(alice.sees(room), ::testing::UnorderedElementsAre("one", "two", "three"));
    EXPECT_EQ(alice.sees(room), bob.sees(room));
  }
};

TEST(SharedCache, WhatADeadHomeCouldNotTellIsMendedFromIt) {
  std::uint64_t mended = 0;
  for (std::uint32_t node = 0; node < 3; ++node) {
    Cluster t;
    t.dies_unheard(node);
    t.expect_all_seen();
    mended += t.count(Probe::gap_from_cache);
  }
  EXPECT_GT(mended, 0u) << "one of them was the room's home";
}

TEST(SharedCache, NothingIsMissedWithoutIt) {
  for (std::uint32_t node = 0; node < 3; ++node) {
    Cluster t;
    t.story.world().directory().be_down(t.story.world().context().now() + 60s);
    t.dies_unheard(node);
    t.expect_all_seen();
    EXPECT_EQ(t.count(Probe::gap_from_cache), 0u);
  }
}

TEST(SharedCache, AFlushMovesNoRoomAndPutsNobodyOut) {
  Cluster t;
  std::vector<std::uint64_t> boots;
  for (const auto& node : t.story.world().nodes()) boots.push_back(node->boot());
  probe_counts = {};
  for (int again = 0; again < 5; ++again) {
    t.story.world().directory().flush();
    t.alice.says(t.room, "after " + std::to_string(again));
    t.story.passes(3s);
  }
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_EQ(t.count(Probe::node_evicted_by_lease), 0u);
  EXPECT_EQ(t.count(Probe::stale_view_rejected), 0u) << "there is no other view";
  for (std::size_t i = 0; i < boots.size(); ++i) EXPECT_EQ(t.story.world().node(i).boot(), boots[i]);
  EXPECT_EQ(t.bob.sees(t.room).size(), 6u);
}

}  // namespace
}  // namespace starling::sim
