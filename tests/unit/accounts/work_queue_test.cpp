#include "server/accounts/work_queue.h"

#include <gtest/gtest.h>

#include <future>

namespace starling::accounts {
namespace {

TEST(WorkQueue, TakesAsManyAsItMayAndRefusesTheNext) {
  WorkQueue queue("test", 1, 100);
  std::promise<void> started;
  std::promise<void> go_on;
  ASSERT_TRUE(queue.push([&] {
    started.set_value();
    go_on.get_future().wait();
  }));
  started.get_future().wait();
  std::promise<void> last;
  int done = 0;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(queue.push([&] {
      if (++done == 100) last.set_value();
    }));
  }
  EXPECT_FALSE(queue.push([] {}));
  EXPECT_EQ(queue.waiting(), 100u);
  go_on.set_value();
  last.get_future().wait();
  EXPECT_EQ(done, 100);
}

TEST(WorkQueue, WhatWaitsAtItsEndIsDropped) {
  bool ran = false;
  std::promise<void> started;
  std::promise<void> go_on;
  std::thread releaser;
  {
    WorkQueue queue("test", 1, 10);
    queue.push([&] {
      started.set_value();
      go_on.get_future().wait();
    });
    started.get_future().wait();
    queue.push([&] { ran = true; });
    releaser = std::thread([&] {
      while (queue.waiting() > 0) std::this_thread::yield();
      go_on.set_value();
    });
  }
  releaser.join();
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace starling::accounts
