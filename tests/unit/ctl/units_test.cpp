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

TEST(Units, AnAgeIsACountAndAUnit) {
  EXPECT_EQ(90 * 86400, parse_age("90d"));
  EXPECT_EQ(1, parse_age("1s"));
  EXPECT_EQ(5 * 60, parse_age("5min"));
  EXPECT_EQ(2 * 3600, parse_age("2h"));
  EXPECT_EQ(3 * 604800, parse_age("3w"));
  for (const char* wrong : {"", "90", "d", "0d", "-1d", "1.5d", "1 d", "90m", "9999999999d", "90dd"}) {
    EXPECT_EQ(std::nullopt, parse_age(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace starling::ctl
