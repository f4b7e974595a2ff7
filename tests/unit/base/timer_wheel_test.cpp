#include "common/base/timer_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "common/base/rng.h"

namespace starling {
namespace {

struct Nodes {
  std::vector<TimerNode>* nodes;
  TimerNode& operator()(std::uint32_t i) const { return (*nodes)[i]; }
};

class Wheel : public testing::Test {
 protected:
  std::vector<std::uint32_t> advance(std::uint32_t tick) {
    std::vector<std::uint32_t> due;
    wheel_.advance(tick, [&](std::uint32_t i) { due.push_back(i); });
    std::ranges::sort(due);
    return due;
  }
  std::vector<TimerNode> nodes_ = std::vector<TimerNode>(64);
  TimerWheel<Nodes> wheel_{16, 100, Nodes{&nodes_}};
};

TEST_F(Wheel, FiresAtItsTickAndNotBefore) {
  wheel_.arm(3, 107);
  EXPECT_TRUE(advance(106).empty());
  EXPECT_EQ(advance(107), std::vector<std::uint32_t>{3});
  EXPECT_EQ(wheel_.armed(), 0u);
}

TEST_F(Wheel, FiresOnceOverSeveralRounds) {
  wheel_.arm(1, 100 + 16 * 3 + 2);
  EXPECT_TRUE(advance(149).empty());
  EXPECT_EQ(advance(200), std::vector<std::uint32_t>{1});
  EXPECT_TRUE(advance(400).empty());
}

TEST_F(Wheel, APastTickIsDueAtTheNextOne) {
  wheel_.arm(1, 50);
  EXPECT_EQ(wheel_.next_tick(), 101u);
  EXPECT_EQ(advance(101), std::vector<std::uint32_t>{1});
}

TEST_F(Wheel, DisarmedAndMovedTimersDoNotFireAtTheOldTick) {
  wheel_.arm(1, 105);
  wheel_.arm(2, 105);
  wheel_.arm(3, 105);
  wheel_.disarm(2);
  wheel_.arm(3, 110);
  EXPECT_EQ(advance(105), std::vector<std::uint32_t>{1});
  EXPECT_EQ(advance(110), std::vector<std::uint32_t>{3});
}

TEST_F(Wheel, DueMayDisarmATimerOfTheSameTick) {
  for (std::uint32_t i = 0; i < 4; ++i) wheel_.arm(i, 103);
  std::vector<std::uint32_t> fired;
  wheel_.advance(103, [&](std::uint32_t i) {
    fired.push_back(i);
    for (std::uint32_t other = 0; other < 4; ++other) wheel_.disarm(other);
  });
  EXPECT_EQ(fired.size(), 1u);
  EXPECT_EQ(wheel_.armed(), 0u);
}

TEST_F(Wheel, AgreesWithAMapOnRandomWork) {
  Rng rng(1);
  std::map<std::uint32_t, std::uint32_t> expected;
  for (std::uint32_t tick = 101; tick < 3000; ++tick) {
    for (int i = 0; i < 3; ++i) {
      const auto index = static_cast<std::uint32_t>(rng.below(nodes_.size()));
      if (rng.chance(1, 4)) {
        wheel_.disarm(index);
        expected.erase(index);
      } else {
        const auto at = tick + static_cast<std::uint32_t>(rng.below(60));
        wheel_.arm(index, at);
        expected[index] = std::max(at, wheel_.now() + 1);
      }
    }
    std::vector<std::uint32_t> due;
    for (const auto& [index, at] : expected) {
      if (at <= tick) due.push_back(index);
    }
    for (const std::uint32_t index : due) expected.erase(index);
    ASSERT_EQ(advance(tick), due) << "tick " << tick;
    ASSERT_EQ(wheel_.armed(), expected.size());
  }
}

}  // namespace
}  // namespace starling
