// Latencies by the million in a few kilobytes: buckets that are linear within each power of two, so that the relative
// error is the same for a microsecond and for a minute.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/base/time.h"

namespace starling::bench {

class Histogram {
 public:
  /// Buckets a power of two: a value is told to within 1 / 128.
  static constexpr unsigned kPrecisionBits = 7;
  /// Anything longer (18 minutes) counts as this.
  static constexpr Duration kLongest{(std::int64_t{1} << 40) - 1};

  /// Below zero counts as zero.
  void record(Duration value) {
    const std::size_t bucket = bucket_of(value);
    ++counts_[bucket];
    ++count_;
    if (value > max_) max_ = value;
  }
  void clear() { *this = Histogram(); }

  std::uint64_t count() const { return count_; }
  Duration max() const { return max_; }
  /// The least value that a share of at least `q` (0 to 1) of all recorded ones does not exceed, rounded up to its
  /// bucket's end; zero when nothing was recorded.
  Duration quantile(double q) const;

  static std::size_t bucket_of(Duration value);
  /// The highest value of a bucket.
  static Duration end_of(std::size_t bucket);

 private:
  static constexpr std::size_t kSubBuckets = std::size_t{1} << kPrecisionBits;
  static constexpr std::size_t kBuckets = (40 - kPrecisionBits + 1) * kSubBuckets;

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  Duration max_{};
};

}  // namespace starling::bench
