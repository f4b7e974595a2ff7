// A distribution, counted by the store's threads and read by anyone.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace starling::store {

/// Buckets by powers of two: [i] counts values in (2^(i-1), 2^i].
class Pow2Histogram {
 public:
  static constexpr std::size_t kBuckets = 24;
  void add(std::uint64_t value);
  /// Prometheus text; a bucket's bound is 2^i / `per_unit`.
  void write(std::string& out, const char* name, const char* help, double per_unit) const;

 private:
  std::array<std::atomic<std::uint64_t>, kBuckets> buckets_{};
  std::atomic<std::uint64_t> sum_ = 0;
};

}  // namespace starling::store
