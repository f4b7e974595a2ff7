#include "loadsim/sim/event_wheel.h"

#include <gtest/gtest.h>

#include <map>

#include "common/base/rng.h"

namespace starling::sim {
namespace {

using namespace std::chrono_literals;

TEST(EventWheel, GivesEventsInTheOrderOfTimeAndThenOfScheduling) {
  EventWheel wheel;
  std::multimap<Instant, std::uint32_t> expected;  // keeps the order of insertion among equals
  Rng rng(7);
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const Instant at = Instant() + 1us * rng.below(20'000'000) / 1000 * 1000;
    wheel.schedule(at, Happening::Sample, i);
    expected.emplace(at, i);
  }
  Scheduled event;
  for (const auto& [at, i] : expected) {
    ASSERT_TRUE(wheel.next(Instant() + 60s, event));
    ASSERT_EQ(event.at, at);
    ASSERT_EQ(event.a, i);
    ASSERT_EQ(wheel.now(), at);
  }
  EXPECT_FALSE(wheel.next(Instant() + 60s, event));
  EXPECT_EQ(wheel.now(), Instant() + 60s);
}

TEST(EventWheel, WhatIsScheduledForThePastHappensNow) {
  EventWheel wheel;
  Scheduled event;
  wheel.schedule(Instant() + 1s, Happening::Sample, 1);
  wheel.schedule(Instant() + 2s, Happening::Sample, 3);
  ASSERT_TRUE(wheel.next(kNever - 1h, event));
  wheel.schedule(Instant(), Happening::Sample, 2);
  ASSERT_TRUE(wheel.next(Instant() + 5s, event));
  EXPECT_EQ(event.a, 2u);
  EXPECT_EQ(event.at, Instant() + 1s);
}

TEST(EventWheel, StopsBeforeWhatIsLater) {
  EventWheel wheel;
  Scheduled event;
  wheel.schedule(Instant() + 10s, Happening::Sample);
  EXPECT_FALSE(wheel.next(Instant() + 9s, event));
  EXPECT_EQ(wheel.now(), Instant() + 9s);
  EXPECT_TRUE(wheel.next(Instant() + 10s, event));
}

}  // namespace
}  // namespace starling::sim
