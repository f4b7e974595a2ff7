#include "tests/bench/wire_load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/base/rng.h"

namespace starling::bench {
namespace {

using namespace std::chrono_literals;

TEST(Histogram, BucketsFollowEachOtherWithoutAGap) {
  std::size_t expected = 0;
  for (std::int64_t ns = 0; ns < 100'000; ++ns) {
    const std::size_t bucket = Histogram::bucket_of(Duration(ns));
    ASSERT_TRUE(bucket == expected || bucket == expected + 1) << ns;
    expected = bucket;
    ASSERT_GE(Histogram::end_of(bucket), Duration(ns));
    if (ns > 0 && Histogram::bucket_of(Duration(ns - 1)) != bucket) {
      ASSERT_EQ(Histogram::end_of(bucket - 1), Duration(ns - 1));
    }
  }
}

TEST(Histogram, ABucketIsNeverWiderThanAHundredTwentyEighthOfItsValues) {
  for (unsigned bit = 7; bit < 40; ++bit) {
    const std::int64_t ns = std::int64_t{1} << bit;
    EXPECT_LE(Histogram::end_of(Histogram::bucket_of(Duration(ns))).count() - ns, ns / 128) << bit;
  }
}

TEST(Histogram, QuantilesAreThoseOfTheSortedValues) {
  Rng rng(1);
  std::vector<std::int64_t> values;
  Histogram histogram;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(static_cast<std::int64_t>(rng.below(std::uint64_t{1} << rng.below(35))));
    histogram.record(Duration(values.back()));
  }
  std::ranges::sort(values);
  for (const double q : {0.0, 0.001, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(q * 20'000)));
    const std::int64_t exact = values[rank - 1];
    EXPECT_GE(histogram.quantile(q).count(), exact) << q;
    EXPECT_LE(histogram.quantile(q).count(), exact + exact / 128) << q;
  }
  EXPECT_EQ(histogram.quantile(1.0).count(), values.back());
  EXPECT_EQ(histogram.max().count(), values.back());
  EXPECT_EQ(histogram.count(), 20'000u);
}

TEST(Histogram, WhatIsOutOfRangeCountsAtTheEdge) {
  Histogram histogram;
  histogram.record(-5ms);
  EXPECT_EQ(histogram.quantile(0.5), 0ns);
  histogram.record(10h);
  EXPECT_EQ(histogram.count(), 2u);
  EXPECT_EQ(histogram.max(), 10h);
  EXPECT_EQ(histogram.quantile(1.0), Histogram::kLongest);
}

TEST(Histogram, IsEmptyAfterClear) {
  Histogram histogram;
  histogram.record(3ms);
  histogram.clear();
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.quantile(0.99), 0ns);
  EXPECT_EQ(histogram.max(), 0ns);
}

}  // namespace
}  // namespace starling::bench
