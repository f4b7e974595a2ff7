#include "loadsim/report/histogram.h"

#include <algorithm>
#include <bit>

namespace starling::report {

static_assert(Histogram::kExact == 2 * Histogram::kSteps, "octaves join the exact part without a seam");

std::size_t Histogram::bucket_of(std::uint64_t us) {
  if (us < kExact) return static_cast<std::size_t>(us);
  // The leading bit names the octave, the six bits behind it the step.
  const auto octave = static_cast<std::size_t>(std::bit_width(us) - std::bit_width(kExact - 1)) - 1;
  if (octave >= kOctaves) return kBuckets - 1;
  const auto step = static_cast<std::size_t>(us >> (octave + 1)) - kSteps;
  return kExact + octave * kSteps + step;
}

std::uint64_t Histogram::top_of(std::size_t bucket) {
  if (bucket < kExact) return bucket;
  const std::size_t octave = (bucket - kExact) / kSteps;
  const std::size_t step = (bucket - kExact) % kSteps;
  return ((std::uint64_t{kSteps + step} + 1) << (octave + 1)) - 1;
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::quantile(std::uint32_t permyriad) const {
  if (count_ == 0) return 0;
  const std::uint64_t rank = std::max<std::uint64_t>(1, (count_ * permyriad + 9999) / 10000);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    below += counts_[i];
    if (below >= rank) return std::min(top_of(i), max_);
  }
  return max_;
}

}  // namespace starling::report
