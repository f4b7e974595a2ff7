#include "loadsim/report/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "common/base/rng.h"

namespace starling::report {
namespace {

/// Of every magnitude, from microseconds to minutes.
std::vector<std::uint64_t> values(std::size_t count) {
  Rng rng(1);
  std::vector<std::uint64_t> made;
  for (std::size_t i = 0; i < count; ++i) made.push_back(rng.next() >> (64 - 1 - rng.below(28)));
  return made;
}

TEST(Histogram, EveryValueLiesInItsBucket) {
  for (const std::uint64_t value : values(10'000)) {
    const std::size_t bucket = Histogram::bucket_of(value);
    EXPECT_LE(value, Histogram::top_of(bucket));
    if (bucket > 0) {
      EXPECT_GT(value, Histogram::top_of(bucket - 1));
    }
  }
}

TEST(Histogram, BucketsJoinWithoutSeams) {
  for (std::size_t bucket = 0; bucket + 1 < Histogram::kBuckets; ++bucket) {
    EXPECT_EQ(bucket, Histogram::bucket_of(Histogram::top_of(bucket)));
    EXPECT_EQ(bucket + 1, Histogram::bucket_of(Histogram::top_of(bucket) + 1));
  }
}

TEST(Histogram, QuantilesAreWithinTheErrorOfABucket) {
  std::vector<std::uint64_t> all = values(20'001);
  Histogram histogram;
  for (const std::uint64_t value : all) histogram.record(value);
  std::sort(all.begin(), all.end());
  for (const std::uint32_t permyriad : {1u, 2500u, 5000u, 9900u, 9990u, 10000u}) {
    const std::size_t rank = (all.size() * permyriad + 9999) / 10000;
    const double exact = static_cast<double>(all[rank - 1]);
    EXPECT_GE(static_cast<double>(histogram.quantile(permyriad)), exact);
    EXPECT_LE(static_cast<double>(histogram.quantile(permyriad)), exact * 1.016 + 1);
  }
  EXPECT_EQ(all.back(), histogram.max());
}

TEST(Histogram, PartsMergeIntoTheWhole) {
  Histogram whole;
  Histogram parts[3];
  std::size_t i = 0;
  for (const std::uint64_t value : values(3'000)) {
    whole.record(value);
    parts[i++ % 3].record(value);
  }
  Histogram merged;
  for (const Histogram& part : parts) merged.merge(part);
  EXPECT_EQ(whole.count(), merged.count());
  EXPECT_EQ(whole.max(), merged.max());
  for (std::uint32_t q = 100; q <= 10'000; q += 100) EXPECT_EQ(whole.quantile(q), merged.quantile(q));
}

TEST(Histogram, WhatIsLongerThanTheRangeCountsAsItsEnd) {
  Histogram histogram;
  histogram.record(UINT64_MAX);
  EXPECT_EQ(1u, histogram.in_bucket(Histogram::kBuckets - 1));
  EXPECT_GT(Histogram::top_of(Histogram::kBuckets - 1), 3'600'000'000u);
}

TEST(Histogram, AnEmptyOneHasNoQuantile) { EXPECT_EQ(0u, Histogram().quantile(9900)); }

}  // namespace
}  // namespace starling::report
