#include "tests/bench/wire_load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace starling::bench {

std::size_t Histogram::bucket_of(Duration value) {
  const auto v = static_cast<std::uint64_t>(std::clamp(value, Duration::zero(), kLongest).count());
  // Below 2^7 a bucket a nanosecond; above, the leading bit names the power and the next seven the bucket in it.
  if (v < kSubBuckets) return v;
  const unsigned shift = static_cast<unsigned>(std::bit_width(v)) - 1 - kPrecisionBits;
  return (std::size_t{shift} << kPrecisionBits) + static_cast<std::size_t>(v >> shift);
}

Duration Histogram::end_of(std::size_t bucket) {
  if (bucket < 2 * kSubBuckets) return Duration(static_cast<Duration::rep>(bucket));
  const std::size_t shift = (bucket >> kPrecisionBits) - 1;
  const std::uint64_t begin = ((bucket & (kSubBuckets - 1)) + kSubBuckets) << shift;
  return Duration(static_cast<Duration::rep>(begin + (std::uint64_t{1} << shift) - 1));
}

Duration Histogram::quantile(double q) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets && count_ != 0; ++bucket) {
    seen += counts_[bucket];
    if (seen >= std::max<std::uint64_t>(wanted, 1)) return std::min(end_of(bucket), std::max(max_, Duration::zero()));
  }
  return Duration::zero();
}

}  // namespace starling::bench
