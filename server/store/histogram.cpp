#include "server/store/histogram.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>

namespace starling::store {

void Pow2Histogram::add(std::uint64_t value) {
  const auto bucket = value <= 1 ? 0 : static_cast<std::size_t>(std::bit_width(value - 1));
  buckets_[std::min(bucket, kBuckets - 1)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

void Pow2Histogram::write(std::string& out, const char* name, const char* help, double per_unit) const {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} histogram\n", name, help);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    total += buckets_[i].load(std::memory_order_relaxed);
    const double bound = static_cast<double>(std::uint64_t{1} << i) / per_unit;
    if (i + 1 < kBuckets) fmt::format_to(std::back_inserter(out), "{}_bucket{{le=\"{}\"}} {}\n", name, bound, total);
  }
  const double sum = static_cast<double>(sum_.load(std::memory_order_relaxed)) / per_unit;
  fmt::format_to(std::back_inserter(out), "{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", name, total,
                 sum);
}

}  // namespace starling::store
