#include "client-qt/session/waiting.h"

#include <gtest/gtest.h>

#include "tests/unit/client-qt/support/log.h"

namespace starling::qt {
namespace {

using namespace testing;

TEST(Waiting, nothing_is_shown_before_it_is_durable) {
  Waiting waiting;
  waiting.add({.send = testing::waiting(1, "a")}, 5);
  waiting.add({.send = testing::waiting(2, "b")}, 6);
  EXPECT_TRUE(waiting.shown(kRoom).empty());
  ASSERT_EQ(1u, waiting.durable(5).size());
  EXPECT_EQ(1u, waiting.shown(kRoom).size());
  EXPECT_EQ("b", waiting.durable(9).at(0).send.body);
  EXPECT_TRUE(waiting.durable(9).empty());
}

TEST(Waiting, what_is_answered_is_taken_even_before_it_was_shown) {
  Waiting waiting;
  waiting.add({.send = testing::waiting(1, "a")}, 5);
  EXPECT_TRUE(waiting.take(kRoom, testing::waiting(1, "").client_msg_id));
  EXPECT_FALSE(waiting.take(kRoom, testing::waiting(1, "").client_msg_id));
  EXPECT_TRUE(waiting.durable(9).empty());
  EXPECT_EQ(0u, waiting.size());
}

}  // namespace
}  // namespace starling::qt
