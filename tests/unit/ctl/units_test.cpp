#include "server/ctl/units.h"

#include <gtest/gtest.h>

namespace starling::ctl {
namespace {

TEST(Units, NumbersAreGroupedByThousands) {
  EXPECT_EQ("0", grouped(0));
  EXPECT_EQ("999", grouped(999));
  EXPECT_EQ("1,000", grouped(1000));
  EXPECT_EQ("18,446,744,073,709,551,615", grouped(UINT64_MAX));
}

TEST(Units, BytesAreShownInTheLargestUnitThatFits) {
  EXPECT_EQ("1023 bytes", in_bytes(1023));
  EXPECT_EQ("1.0 KiB", in_bytes(1024));
  EXPECT_EQ("1.0 MiB", in_bytes(1024 * 1024 - 1));
  EXPECT_EQ("2.5 GiB", in_bytes(2560ull << 20));
  EXPECT_EQ("2048.0 TiB", in_bytes(2048ull << 40));
}

TEST(Units, TimesAreShownInTheirTwoLargestUnits) {
  EXPECT_EQ("59 s", in_time(59));
  EXPECT_EQ("1 min 0 s", in_time(60));
  EXPECT_EQ("1 h 1 min", in_time(3661));
  EXPECT_EQ("1 d 2 h", in_time(93784));
}

}  // namespace
}  // namespace starling::ctl
