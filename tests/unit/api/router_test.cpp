#include "server/api/router.h"

#include <gtest/gtest.h>

namespace starling::api {
namespace {

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    add("GET", "/v1/rooms/{room}");
    add("GET", "/v1/rooms/public");
    add("PUT", "/v1/rooms/{room}/members/{user}");
    add("POST", "/v1/rooms/{room}/invites");
  }
  void add(const std::string& method, const std::string& pattern) {
    router_.open(method, pattern, [pattern](const Call&) { return Answer{.body = pattern}; });
  }
  static Call call(const std::string& method, const std::string& target) {
    return Call({.method = method, .target = target});
  }
  /// The pattern that answers; empty when none does.
  std::string taken(const std::string& method, const std::string& target) const {
    Call c = call(method, target);
    const Router::Found found = router_.find(c);
    return found.route == nullptr ? "" : std::get<OpenHandler>(found.route->handler)(c).body;
  }

  Router router_;
};

TEST_F(RouterTest, ThePartsOfAPathAreGivenByName) {
  Call c = call("PUT", "/v1/rooms/7/members/9?x=1");
  ASSERT_NE(router_.find(c).route, nullptr);
  EXPECT_EQ(c.id<RoomId>("room"), RoomId(7));
  EXPECT_EQ(c.id<UserId>("user"), UserId(9));
  EXPECT_EQ(c.id<UserId>("nothing"), std::nullopt);
  EXPECT_EQ(c.path(), "/v1/rooms/7/members/9");
}

TEST_F(RouterTest, AWordIsTakenBeforeAnyWord) {
  EXPECT_EQ(taken("GET", "/v1/rooms/public"), "/v1/rooms/public");
  EXPECT_EQ(taken("GET", "/v1/rooms/public?query=a"), "/v1/rooms/public");
  EXPECT_EQ(taken("GET", "/v1/rooms/7"), "/v1/rooms/{room}");
}

TEST_F(RouterTest, WhatFitsNoPatternIsTakenByNone) {
  for (const char* target :
       {"", "/", "/v1", "/v1/rooms", "/v1/rooms/", "/v1/rooms/7/", "/v1/rooms/7/8", "v1/rooms/7"}) {
    EXPECT_EQ(taken("GET", target), "") << target;
  }
}

TEST_F(RouterTest, OtherMethodsOfAPathAreNamed) {
  Call c = call("DELETE", "/v1/rooms/7/invites");
  const Router::Found found = router_.find(c);
  EXPECT_EQ(found.route, nullptr);
  EXPECT_EQ(found.allow, "POST");
}

TEST(CallTest, AQueryIsDecodedAndItsNumbersAreBounded) {
  const Call c({.method = "GET", .target = "/v1/users?query=a%20b%C3%A9+c&limit=900&bad=x1&flag&half=%4"});
  EXPECT_EQ(c.query("query"), "a b\xC3\xA9 c");
  EXPECT_EQ(c.query_number("limit", 20, 50), 50u);
  EXPECT_EQ(c.query_number("none", 20, 50), 20u);
  EXPECT_EQ(c.query_number("bad", 20, 50), std::nullopt);
  EXPECT_EQ(c.query("flag"), "");
  EXPECT_EQ(c.query("half"), "%4");
  EXPECT_EQ(c.query("nothing"), std::nullopt);
}

TEST(CallTest, AnIdIsAWholePositiveNumberOf64Bits) {
  EXPECT_EQ(number_of("18446744073709551615"), UINT64_MAX);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616"}) {
    EXPECT_EQ(number_of(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace starling::api
