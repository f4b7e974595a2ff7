#include "server/api/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace starling::api {
namespace {

using accounts::Why;
using testing::HasSubstr;

TEST(Answers, WhoIsSentAwayForATimeIsToldForHowLongAndNobodyElseIs) {
  for (int n = 0; n <= static_cast<int>(accounts::kLastWhy); ++n) {
    const Answer answer = refused({.why = static_cast<Why>(n), .message = "no"});
    const bool later = answer.status == 429 || answer.status == 503;
    EXPECT_EQ(answer.retry_after_ms > 0, later) << n;
    EXPECT_THAT(answer.body, HasSubstr("\"retry_after_ms\":" + std::to_string(answer.retry_after_ms)));
  }
}

TEST(Answers, ATimeThatIsKnownIsKept) {
  EXPECT_EQ(refused({.why = Why::Throttled, .message = "wait", .retry_after_ms = 1}).retry_after_ms, 1u);
}

}  // namespace
}  // namespace starling::api
