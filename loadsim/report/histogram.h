// A log-linear histogram of microseconds, as HdrHistogram's: exact below 128, then 64 steps an octave, so a value is
// off by less than 1.6 % however large it is. Merging adds, so the parts of many workers make one whole.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace starling::report {

class Histogram {
 public:
  static constexpr std::size_t kExact = 128;
  static constexpr std::size_t kSteps = 64;
  /// The last octave ends beyond an hour; what is longer counts as that.
  static constexpr std::size_t kOctaves = 26;
  static constexpr std::size_t kBuckets = kExact + kSteps * kOctaves;

  static std::size_t bucket_of(std::uint64_t us);
  /// The highest value that falls into the bucket.
  static std::uint64_t top_of(std::size_t bucket);

  void record(std::uint64_t us) { add(bucket_of(us), 1, us); }
  void merge(const Histogram& other);
  /// `count` values of a bucket, as another process sends them.
  void add(std::size_t bucket, std::uint64_t count) { add(bucket, count, top_of(bucket)); }

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }
  std::uint64_t in_bucket(std::size_t bucket) const { return counts_[bucket]; }
  /// The value that `permyriad` / 10,000 of all values do not exceed: 9,990 for the 99.9th percentile. 0 when empty.
  std::uint64_t quantile(std::uint32_t permyriad) const;
  double quantile_ms(std::uint32_t permyriad) const { return static_cast<double>(quantile(permyriad)) / 1000; }

 private:
  void add(std::size_t bucket, std::uint64_t count, std::uint64_t us) {
    counts_[bucket] += count;
    count_ += count;
    if (us > max_) max_ = us;
  }

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace starling::report
