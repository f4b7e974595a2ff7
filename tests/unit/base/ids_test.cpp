#include "common/base/ids.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace starling {
namespace {

static_assert(!std::is_convertible_v<UserId, RoomId>);
static_assert(!std::is_convertible_v<std::uint64_t, UserId>);
static_assert(sizeof(Cseq) == 4 && sizeof(Seq) == 8);

TEST(Ids, ZeroNamesNothing) {
  EXPECT_FALSE(UserId());
  EXPECT_TRUE(UserId(1));
}

TEST(Ids, NextAndPrevAreInverse) { EXPECT_EQ(Seq(7).next().prev(), Seq(7)); }

TEST(Ids, AReusedSlotIsAnotherConnection) { EXPECT_NE((ConnId{3, 1}), (ConnId{3, 2})); }

}  // namespace
}  // namespace starling
