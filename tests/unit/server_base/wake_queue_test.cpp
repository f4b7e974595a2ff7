#include "server/base/wake_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <memory>

namespace starling {
namespace {

using testing::ElementsAre;

bool is_awake(const WakeQueue<int>& queue) {
  pollfd fd{.fd = queue.descriptor(), .events = POLLIN, .revents = 0};
  return ::poll(&fd, 1, 0) == 1;
}

TEST(WakeQueue, WhatIsPushedComesInOrderAndSomeAtATime) {
  WakeQueue<int> queue(3);
  for (int value : {1, 2, 3}) EXPECT_TRUE(queue.push(std::move(value)));
  std::vector<int> taken;
  EXPECT_TRUE(queue.take(taken, 2));
  EXPECT_THAT(taken, ElementsAre(1, 2));
  EXPECT_FALSE(queue.take(taken, 2));
  EXPECT_THAT(taken, ElementsAre(1, 2, 3));
}

TEST(WakeQueue, AFullOneRefusesAndLeavesTheValue) {
  WakeQueue<std::unique_ptr<int>> queue(1);
  EXPECT_TRUE(queue.push(std::make_unique<int>(1)));
  auto refused = std::make_unique<int>(2);
  EXPECT_FALSE(queue.push(std::move(refused)));
  ASSERT_NE(refused, nullptr);
  std::vector<std::unique_ptr<int>> taken;
  queue.take(taken, 9);
  EXPECT_TRUE(queue.push(std::move(refused)));
}

TEST(WakeQueue, TheFirstValueWakesAndSoDoesTheNextAfterAllWereTaken) {
  WakeQueue<int> queue(9);
  EXPECT_FALSE(is_awake(queue));
  std::vector<int> taken;
  for (int turns = 0; turns < 2; ++turns) {
    queue.push(1);
    EXPECT_TRUE(is_awake(queue));
    queue.acknowledge();
    EXPECT_FALSE(is_awake(queue));
    queue.take(taken, 9);
  }
  queue.wake();
  EXPECT_TRUE(is_awake(queue));
}

}  // namespace
}  // namespace starling
