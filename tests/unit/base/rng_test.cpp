#include "common/base/rng.h"

#include <gtest/gtest.h>

namespace starling {
namespace {

TEST(Rng, SameSeedSameStream) {
  Rng a(42), b(42);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
}

TEST(Rng, ChildStreamsDiffer) { EXPECT_NE(Rng(1).child(1).next(), Rng(1).child(2).next()); }

TEST(Rng, BelowStaysBelowAndReachesBothEnds) {
  Rng rng(7);
  bool low = false, high = false;
  for (int i = 0; i < 1000; ++i) {
    const auto x = rng.below(10);
    ASSERT_LT(x, 10u);
    low |= x == 0;
    high |= x == 9;
  }
  EXPECT_TRUE(low && high);
}

TEST(Draw, OneDrawNeverShiftsAnother) {
  EXPECT_EQ(draw(1, 2, 3, 4), draw(1, 2, 3, 4));
  EXPECT_NE(draw(1, 2, 3, 4), draw(1, 2, 3, 5));
  EXPECT_NE(draw(1, 2, 3, 4), draw(1, 2, 4, 3));
}

}  // namespace
}  // namespace starling
