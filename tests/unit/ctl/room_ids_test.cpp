#include "server/ctl/room_ids.h"

#include <gtest/gtest.h>

namespace starling::ctl {
namespace {

TEST(RoomIds, AreSeparatedByAnyWhiteSpace) {
  EXPECT_EQ((std::vector{RoomId(1), RoomId(2), RoomId(UINT64_MAX)}),
            *parse_room_ids("1 2\r\n\t18446744073709551615\n"));
  EXPECT_TRUE(parse_room_ids(" \n")->empty());
}

TEST(RoomIds, WhatIsNoNumberIsQuoted) {
  for (const char* word : {"0", "-1", "1x", "x", "18446744073709551616"}) {
    const auto rooms = parse_room_ids(std::string("5 ") + word + " 6");
    ASSERT_FALSE(rooms) << word;
    EXPECT_EQ("'" + std::string(word) + "' is no room's number", rooms.error());
  }
}

}  // namespace
}  // namespace starling::ctl
