#include "server/accounts/store_calls.h"

#include <gmock/gmock.h>

#include <cstddef>
#include <deque>

namespace starling::accounts {
namespace {

using ports::StoreStatus;
using testing::HasSubstr;

/// Calls to a store that answers one after another what the test says.
class StoreCallsTest : public testing::Test {
 protected:
  StoreCallsTest() {
    calls_.attach([this](ShardId, ports::StoreOp&& op) {
      const StoreStatus status = answers_.front();
      answers_.pop_front();
      ++asked_;
      EXPECT_EQ(op.request.index(), request_.index());
      calls_.complete({.id = op.id, .status = status, .result = ports::Done{}});
    });
  }
  Result<ports::StoreResult, Refusal> ask(std::deque<StoreStatus> answers) {
    answers_ = std::move(answers);
    return calls_.ask(request_);
  }

  StoreCalls calls_;
  std::deque<StoreStatus> answers_;
  std::size_t asked_ = 0;
  ports::StoreRequest request_ = ports::ChangeAccounts{ports::AccountChange(ports::NoteOnly{}), {}};
};

TEST_F(StoreCallsTest, WhatMayHaveBeenDoneIsAskedForAgainUntilItIsKnown) {
  EXPECT_TRUE(ask({StoreStatus::Unknown, StoreStatus::Unavailable, StoreStatus::Unknown, StoreStatus::Ok}));
  EXPECT_EQ(asked_, 4u);
}

TEST_F(StoreCallsTest, WhatWasNotDoneIsNotAskedForAgain) {
  const auto refused = ask({StoreStatus::Unavailable});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("takes nothing now"));
}

TEST_F(StoreCallsTest, WhoseChangeMayHaveBeenDoneIsToldSo) {
  const auto lost = ask({StoreStatus::Unknown, StoreStatus::Stopped});
  ASSERT_FALSE(lost);
  EXPECT_THAT(lost.error().message, HasSubstr("look whether this was done"));
}

}  // namespace
}  // namespace starling::accounts
