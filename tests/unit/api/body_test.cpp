#include "server/api/body.h"

#include <gtest/gtest.h>

namespace starling::api {
namespace {

using accounts::Why;

Body body(std::string text) { return Body(Call({.method = "POST", .target = "/", .body = std::move(text)})); }

TEST(BodyTest, FieldsAreReadByTheirType) {
  Body read = body(R"({"handle": "ada", "uses": 3, "none": null})");
  EXPECT_EQ(read.text("handle"), "ada");
  EXPECT_EQ(read.maybe_number("uses"), 3u);
  EXPECT_EQ(read.maybe_text("none"), std::nullopt);
  EXPECT_EQ(read.maybe_text("absent"), std::nullopt);
  EXPECT_FALSE(read.fault());
}

TEST(BodyTest, TheFirstFaultIsKept) {
  Body read = body(R"({"handle": 5, "uses": -1})");
  EXPECT_EQ(read.maybe_text("handle"), std::nullopt);
  EXPECT_EQ(read.maybe_number("uses"), std::nullopt);
  EXPECT_EQ(read.fault()->message, "handle: must be a string");
  Body missing = body("");
  EXPECT_EQ(missing.text("handle"), "");
  EXPECT_EQ(missing.fault()->message, "handle: missing");
  EXPECT_EQ(missing.fault()->why, Why::BadField);
}

TEST(BodyTest, WhatIsNoObjectIsRefusedHoweverItIsBroken) {
  for (const char* text : {"[]", "1", "{", "{} {}", "{\"a\":}", "\xff", "{\"a\":\"\xff\"}", "{\"a\":[[[[[[1]]]]]]}"}) {
    const Body read = body(text);
    ASSERT_TRUE(read.fault()) << text;
    EXPECT_EQ(read.fault()->why, Why::BadRequest) << text;
  }
}

}  // namespace
}  // namespace starling::api
