#include "server/runtime/spsc_ring.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace starling::runtime {
namespace {

TEST(SpscRing, RefusesWhenFullAndTakesAgainAfterAPop) {
  SpscRing<int> ring(4);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(ring.push(int{i}));
  EXPECT_FALSE(ring.push(99));
  int got = -1;
  EXPECT_TRUE(ring.pop([&](int&& v) { got = v; }));
  EXPECT_EQ(got, 0);
  EXPECT_TRUE(ring.push(4));
  EXPECT_FALSE(ring.push(99));
}

TEST(SpscRing, ARefusedValueIsUntouched) {
  SpscRing<std::unique_ptr<int>> ring(1);
  EXPECT_TRUE(ring.push(std::make_unique<int>(1)));
  auto second = std::make_unique<int>(2);
  EXPECT_FALSE(ring.push(std::move(second)));
  ASSERT_NE(second, nullptr);
}

TEST(SpscRing, DestroysWhatNobodyTook) {
  auto shared = std::make_shared<int>(1);
  {
    SpscRing<std::shared_ptr<int>> ring(8);
    for (int i = 0; i < 5; ++i) ring.push(std::shared_ptr<int>(shared));
  }
  EXPECT_EQ(shared.use_count(), 1);
}

TEST(SpscRing, KeepsTheOrderBetweenTwoThreads) {
  constexpr int kCount = 200'000;
  SpscRing<int> ring(64);
  std::thread producer([&] {
    for (int i = 0; i < kCount;) {
      if (ring.push(int{i})) {
        ++i;
      } else {
        std::this_thread::yield();
      }
    }
  });
  int next = 0;
  bool ordered = true;
  while (next < kCount) {
    if (!ring.pop([&](int&& v) { ordered = ordered && v == next++; })) std::this_thread::yield();
  }
  producer.join();
  EXPECT_TRUE(ordered);
}

}  // namespace
}  // namespace starling::runtime
