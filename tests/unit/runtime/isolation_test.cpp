// Which nodes have homes while some of them do not hear each other.
#include "server/runtime/isolation.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "common/base/rng.h"
#include "server/ports/numbering.h"

namespace starling::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLease = 3s;

/// Nodes with one view, that are cut off from each other in any way.
class Nodes {
 public:
  explicit Nodes(std::uint16_t count) {
    for (std::uint16_t i = 0; i < count; ++i) start(i);
  }

  void start(std::uint16_t node) {
    if (nodes_.size() <= node) nodes_.resize(node + 1u, Isolation(kLease, node));
    nodes_[node] = Isolation(kLease, node);
    there_.insert(node);
  }
  void cut(std::uint16_t from, std::uint16_t to) { cut_.insert({from, to}); }
  void cut_both(std::uint16_t a, std::uint16_t b) {
    cut(a, b);
    cut(b, a);
  }
  void isolate(std::uint16_t node) {
    for (std::uint16_t other = 0; other < nodes_.size(); ++other) {
      if (other != node) cut_both(node, other);
    }
  }
  void mend() { cut_.clear(); }
  void drain(std::uint16_t node) { draining_.insert(node); }

  /// In steps of a tenth of a second; the view tells of the step before.
  void pass(Duration time) {
    for (const Instant until = now_ + time; now_ < until; now_ += 100ms) {
      const ports::View view = this->view();
      const std::set<std::uint16_t> before = homes();
      for (const std::uint16_t node : there_) nodes_[node].look(now_, view, reach(node));
      if (homes() != before) changed_at_ = now_;
    }
  }

  std::set<std::uint16_t> homes() const {
    std::set<std::uint16_t> all;
    for (const std::uint16_t node : there_) {
      if (!nodes_[node].isolated() && !draining_.contains(node)) all.insert(node);
    }
    return all;
  }
  bool reach_each_other(const std::set<std::uint16_t>& nodes) const {
    for (const auto& [from, to] : cut_) {
      if (nodes.contains(from) && nodes.contains(to)) return false;
    }
    return true;
  }
  Duration quiet() const { return now_ - changed_at_; }
  Isolation& operator[](std::uint16_t node) { return nodes_[node]; }

 private:
  ports::View view() const {
    ports::View view{.id = ViewId(1)};
    const std::set<std::uint16_t> homes = this->homes();
    for (const std::uint16_t node : there_) {
      view.add({.first = ShardId(static_cast<std::uint16_t>(node * ports::kShardsPerNode)),
                .shards = 1,
                .boot = 1,
                .leaving = !homes.contains(node)});
    }
    return view;
  }
  std::vector<Reach> reach(std::uint16_t self) const {
    std::vector<Reach> all;
    for (const std::uint16_t node : there_) {
      if (node == self) continue;
      all.push_back({.node = node, .heard = !cut_.contains({node, self}), .hears = !cut_.contains({self, node})});
    }
    return all;
  }

  std::vector<Isolation> nodes_;
  std::set<std::uint16_t> there_;
  std::set<std::uint16_t> draining_;
  std::set<std::pair<std::uint16_t, std::uint16_t>> cut_;
  Instant now_{1h};
  Instant changed_at_{};
};

using Homes = std::set<std::uint16_t>;

TEST(Isolation, TheOnlyNodeHasHomesAtOnce) {
  Nodes nodes(1);
  nodes.pass(100ms);
  EXPECT_EQ(nodes.homes(), Homes{0});
}

TEST(Isolation, WhoJoinsHasNoneUntilItIsHeardAndHears) {
  for (const auto& [from, to] : {std::pair<std::uint16_t, std::uint16_t>{0, 1}, {1, 0}}) {
    Nodes nodes(1);
    nodes.pass(100ms);
    nodes.start(1);
    nodes.cut(from, to);
    nodes.pass(1h);
    EXPECT_EQ(nodes.homes(), Homes{0});
    EXPECT_EQ(text_of(nodes[1].unreached()), from == 0 ? "node 0 is not heard" : "node 0 does not hear this node");
    nodes.mend();
    nodes.pass(200ms);
    EXPECT_EQ(nodes.homes(), (Homes{0, 1}));
  }
}

TEST(Isolation, WhoHasNoHomesHoldsNobodyUp) {
  Nodes nodes(2);
  nodes.isolate(1);
  nodes.pass(10s);
  nodes.start(2);
  nodes.cut_both(1, 2);
  nodes.pass(200ms);
  EXPECT_EQ(nodes.homes(), (Homes{0, 2}));
}

TEST(Isolation, WhoDiedIsOutBeforeAnybodyGivesWay) {
  Nodes nodes(3);
  nodes.pass(10s);
  nodes.isolate(1);
  nodes.isolate(2);
  nodes.pass(2 * kLease - 100ms);
  EXPECT_EQ(nodes.homes(), (Homes{0, 1, 2}));
}

TEST(Isolation, WhoIsCutOffFromTheOthersGivesWayAndComesBack) {
  Nodes nodes(3);
  nodes.pass(10s);
  ASSERT_EQ(nodes.homes(), (Homes{0, 1, 2}));
  nodes.isolate(0);
  nodes.pass(2 * kLease + 200ms);
  EXPECT_EQ(nodes.homes(), (Homes{1, 2}));
  nodes.pass(1h);
  EXPECT_EQ(nodes.homes(), (Homes{1, 2}));
  nodes.mend();
  nodes.pass(4s);
  EXPECT_EQ(nodes.homes(), (Homes{1, 2})) << "a link that comes and goes moves no homes each time";
  nodes.pass(2s);
  EXPECT_EQ(nodes.homes(), (Homes{0, 1, 2}));
}

TEST(Isolation, OfTwoTheLowerNumberStays) {
  Nodes nodes(2);
  nodes.pass(10s);
  nodes.cut(0, 1);
  nodes.pass(2 * kLease + 200ms);
  EXPECT_EQ(nodes.homes(), Homes{0});
  nodes.pass(1h);
  EXPECT_EQ(nodes.homes(), Homes{0});
}

TEST(Isolation, OfTwoHalvesTheOneWithTheLowestNumberStays) {
  Nodes nodes(4);
  nodes.pass(10s);
  for (const std::uint16_t a : {0, 3}) {
    for (const std::uint16_t b : {1, 2}) nodes.cut_both(a, b);
  }
  nodes.pass(1h);
  EXPECT_EQ(nodes.homes(), (Homes{0, 3}));
}

TEST(Isolation, OfTwoBetweenWhomOneLinkIsCutTheHigherNumberGivesWay) {
  Nodes nodes(3);
  nodes.pass(10s);
  nodes.cut(1, 2);
  nodes.pass(4 * kLease - 200ms);
  EXPECT_EQ(nodes.homes(), (Homes{0, 1, 2}));
  nodes.pass(1h);
  EXPECT_EQ(nodes.homes(), (Homes{0, 1}));
}

TEST(Isolation, WhereEachIsAloneTheLowestNumberHasAllHomes) {
  Nodes nodes(3);
  nodes.pass(10s);
  for (const std::uint16_t node : {0, 1, 2}) nodes.isolate(node);
  nodes.pass(20s);
  EXPECT_EQ(nodes.homes(), Homes{0});
}

TEST(Isolation, WhoWasThereFirstAndIsNotHeardGivesWayToAMajority) {
  Nodes nodes(1);
  nodes.pass(10s);
  nodes.start(1);
  nodes.start(2);
  nodes.isolate(0);
  nodes.pass(1min);
  EXPECT_EQ(nodes.homes(), (Homes{1, 2}));
}

TEST(Isolation, WhenTheLastHomeDrainsTheNextOneComesIn) {
  Nodes nodes(1);
  nodes.pass(10s);
  nodes.start(1);
  nodes.isolate(1);
  nodes.pass(10s);
  nodes.drain(0);
  nodes.pass(1500ms);
  EXPECT_EQ(nodes.homes(), Homes{1});
}

TEST(Isolation, ASilenceThatBeganWhileTheStoreWasAwayBeginsAnew) {
  Nodes nodes(2);
  nodes.pass(10s);
  nodes.isolate(1);
  nodes.pass(2 * kLease - 500ms);
  nodes[1].store_away();
  nodes.pass(2 * kLease - 500ms);
  EXPECT_EQ(nodes.homes(), (Homes{0, 1}));
  nodes.pass(1s);
  EXPECT_EQ(nodes.homes(), Homes{0});
}

TEST(Isolation, HoweverTheyAreCutIntoPartsThereAreHomesThatReachEachOther) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Rng rng(seed);
    const auto count = static_cast<std::uint16_t>(2 + rng.below(6));
    Nodes nodes(count);
    if (rng.below(2) == 0) nodes.pass(5s);
    std::vector<std::uint64_t> part;
    for (std::uint16_t i = 0; i < count; ++i) part.push_back(rng.below(3));
    for (std::uint16_t a = 0; a < count; ++a) {
      for (std::uint16_t b = 0; b < a; ++b) {
        if (part[a] != part[b]) nodes.cut_both(a, b);
      }
    }
    nodes.pass(2min);
    const Homes homes = nodes.homes();
    EXPECT_FALSE(homes.empty()) << seed;
    EXPECT_TRUE(nodes.reach_each_other(homes)) << seed;
    EXPECT_GT(nodes.quiet(), 1min) << seed;
    nodes.mend();
    nodes.pass(30s);
    EXPECT_EQ(nodes.homes().size(), count) << seed;
  }
}

}  // namespace
}  // namespace starling::runtime
