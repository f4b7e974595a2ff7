#include "server/core/budget.h"

#include <gtest/gtest.h>

#include <chrono>

namespace starling::core {
namespace {

using namespace std::chrono_literals;

constexpr Instant kStart{1h};

TEST(BudgetTest, ABurstGoesAtOnceAndTheRestAtTheRate) {
  Budget budget({.sends_per_s = 4, .sends_burst = 8}, kStart);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(budget.take(1, kStart), 0u);
  EXPECT_GT(budget.take(1, kStart), 0u);
  EXPECT_EQ(budget.full_at(), kStart + 2s) << "a refused send takes nothing";
  EXPECT_GT(budget.take(1, kStart + 249ms), 0u);
  EXPECT_EQ(budget.take(1, kStart + 250ms), 0u);
  EXPECT_GT(budget.take(1, kStart + 250ms), 0u);
}

TEST(BudgetTest, WhoIsRefusedIsToldWhenAWholeWindowCanGo) {
  Budget budget({.sends_per_s = 4, .sends_burst = 32}, kStart);
  for (int i = 0; i < 32; ++i) budget.take(1, kStart);
  const std::uint32_t ms = budget.take(1, kStart);
  EXPECT_EQ(ms, 4000u) << "sixteen at four a second";
  for (int i = 0; i < 16; ++i) EXPECT_EQ(budget.take(1, kStart + std::chrono::milliseconds(ms)), 0u);
  EXPECT_GT(budget.take(1, kStart + std::chrono::milliseconds(ms)), 0u);
}

TEST(BudgetTest, ASendThatCostsMoreThanTheBurstTakesAllOfIt) {
  Budget budget({.sends_per_s = 2, .sends_burst = 4}, kStart);
  EXPECT_EQ(budget.take(100, kStart), 0u);
  EXPECT_EQ(budget.full_at(), kStart + 2s);
  EXPECT_EQ(budget.take(100, kStart), 2000u);
}

TEST(BudgetTest, WhatHasNotBeenUsedForLongIsNoMoreThanABurst) {
  Budget budget({.sends_per_s = 1000, .sends_burst = 2}, kStart);
  budget.take(2, kStart);
  const Instant later = kStart + 24h;
  EXPECT_EQ(budget.take(1, later), 0u);
  EXPECT_EQ(budget.take(1, later), 0u);
  EXPECT_GT(budget.take(1, later), 0u);
}

TEST(BudgetTest, WhatAnotherConnectionTookIsMissingAndNoMoreThanABurstIs) {
  Budget budget({.sends_per_s = 10, .sends_burst = 20}, kStart);
  budget.fill_at(kStart + 1s, kStart);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(budget.take(1, kStart), 0u);
  EXPECT_GT(budget.take(1, kStart), 0u);
  budget.fill_at(kStart + 1h, kStart);
  EXPECT_EQ(budget.full_at(), kStart + 2s);
}

TEST(BudgetTest, TheLargestGrantsAreTaken) {
  Budget budget({.sends_per_s = 1, .sends_burst = UINT32_MAX}, kStart);
  EXPECT_EQ(budget.take(UINT32_MAX, kStart), 0u);
  EXPECT_GT(budget.take(UINT32_MAX, kStart), 0u);
}

}  // namespace
}  // namespace starling::core
