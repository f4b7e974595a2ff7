// Several nodes behind a database server: one dies and stays dead, one stops and wakes up, one is drained.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scripted/three_nodes.h"

namespace starling::sim {
namespace {

using ::testing::ElementsAre;

struct Cluster : ThreeNodes {
  Node& node_of(Person& person) {
    return story.world().node(story.world().network().link(person.device().who().index).node);
  }
};

TEST(Cluster, WhicheverNodeDiesForEverItsRoomsGoOnWithinSeconds) {
  for (std::size_t dead = 0; dead < 3; ++dead) {
    Cluster t;
    t.story.world().node(dead).kill(StoreModel::Death::Process);
    t.alice.says(t.room, "two");
    t.bob.says(t.room, "three");
    t.story.passes(10s);
    EXPECT_FALSE(t.alice.has_pending()) << dead;
    EXPECT_THAT(t.alice.sees(t.room), ::testing::UnorderedElementsAre("one", "two", "three")) << dead;
    EXPECT_EQ(t.alice.sees(t.room), t.bob.sees(t.room)) << dead;
  }
}

TEST(Cluster, ANodeThatWakesUpAfterItWasReplacedHarmsNothing) {
  for (std::size_t stopped = 0; stopped < 3; ++stopped) {
    Cluster t;
    t.alice.says(t.room, "under way");
    t.story.passes(5ms);
    t.story.world().node(stopped).pause(t.story.world().context().now() + 9s);
    t.bob.says(t.room, "two");
    t.story.passes(15s);
    EXPECT_GE(t.count(Probe::node_evicted_by_lease), 1u) << stopped;
    EXPECT_TRUE(t.story.ends_well()) << stopped;
    EXPECT_EQ(t.alice.sees(t.room), t.bob.sees(t.room)) << stopped;
    EXPECT_EQ(t.alice.sees(t.room).size(), 3u) << stopped;
  }
}

TEST(Cluster, AnOutageOfTheStoreThatIsLongerThanALeasePutsNobodyOut) {
  Cluster t;
  t.story.world().store().be_unavailable(t.story.world().context().now() + 20s);
  t.alice.says(t.room, "two");
  t.story.passes(25s);
  EXPECT_EQ(t.count(Probe::node_evicted_by_lease), 0u);
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("one", "two"));
}

TEST(Cluster, ANodeThatIsDrainedHandsItsHomesOverBeforeItSendsAnybodyAway) {
  Cluster t;
  for (std::size_t n = 0; n < 3; ++n) {
    Node& node = t.story.world().node(n);
    const std::uint64_t boot = node.boot();
    node.drain();
    t.alice.says(t.room, "during " + std::to_string(n));
    t.story.passes(15s);
    EXPECT_GT(node.boot(), boot) << "it has gone, and come back";
    EXPECT_TRUE(node.serving());
    EXPECT_FALSE(t.alice.has_pending());
  }
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("one", "during 0", "during 1", "during 2"));
}

}  // namespace
}  // namespace starling::sim
