#include "server/api/search_routes.h"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <optional>

namespace starling::api {
namespace {

using testing::HasSubstr;

class SearchRoutesTest : public testing::Test {
 protected:
  Answer ask(const std::string& target) { return routes_.search(Call({.method = "GET", .target = target}), UserId(7)); }

  std::optional<search::SearchQuery> asked_;
  Result<search::SearchPage, search::SearchError> answer_;
  SearchRoutes routes_{[this](const search::SearchQuery& query) {
    asked_ = query;
    return answer_;
  }};
};

TEST_F(SearchRoutesTest, TheQueryIsReadWhole) {
  ask("/v1/search?q=%E4%BD%A0%E5%A5%BD+x&room=18446744073709551615&sender=3&from_ms=10&to_ms=20&before=99&limit=500");
  ASSERT_TRUE(asked_.has_value());
  EXPECT_EQ(asked_->user, UserId(7));
  EXPECT_EQ(asked_->text, "你好 x");
  EXPECT_EQ(asked_->room, RoomId(18446744073709551615u));
  EXPECT_EQ(asked_->sender, UserId(3));
  EXPECT_EQ(asked_->from, wall_from_ms(10));
  EXPECT_EQ(asked_->to, wall_from_ms(20));
  EXPECT_EQ(asked_->before, 99u);
  EXPECT_EQ(asked_->limit, search::limits::kHitsMax);
}

TEST_F(SearchRoutesTest, HitsAreToldWithTheirSpans) {
  answer_ = search::SearchPage{.hits = {{.room = RoomId(5),
                                         .seq = Seq(6),
                                         .sender = UserId(8),
                                         .ts = wall_from_ms(9),
                                         .text = "hello \"x\"",
                                         .spans = {{0, 5}}}},
                               .next = 18446744073709551615u};
  const Answer answer = ask("/v1/search?q=hello");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(boost::json::parse(answer.body),
            boost::json::parse(
                R"({"hits":[{"room":"5","seq":"6","sender":"8","ts_ms":9,"text":"hello \"x\"","spans":[[0,5]]}],
                                   "next":"18446744073709551615","catching_up":false})"));
}

TEST_F(SearchRoutesTest, WhatIsNoNumberIsRefusedUnasked) {
  for (const char* bad :
       {"room=x", "room=0", "sender=-1", "from_ms=1.5", "to_ms=99999999999999999999", "before=y", "limit="}) {
    EXPECT_EQ(ask(std::string("/v1/search?q=hello&") + bad).status, 400) << bad;
  }
  EXPECT_FALSE(asked_.has_value());
}

TEST_F(SearchRoutesTest, ErrorsHaveTheirStatus) {
  answer_ = fail(search::SearchError::TooShort);
  EXPECT_EQ(ask("/v1/search?q=x").status, 400);
  EXPECT_THAT(ask("/v1/search?q=x").body, HasSubstr("at least three characters"));
  answer_ = fail(search::SearchError::StaleCursor);
  EXPECT_EQ(ask("/v1/search?q=x").status, 409);
  answer_ = fail(search::SearchError::Unavailable);
  EXPECT_EQ(ask("/v1/search?q=x").status, 503);
  EXPECT_GT(ask("/v1/search?q=x").retry_after_ms, 0u);
}

}  // namespace
}  // namespace starling::api
