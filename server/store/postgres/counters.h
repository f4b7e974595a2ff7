// What the store has done, counted by its threads and read by anyone.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "server/store/histogram.h"
#include "server/store/is_read.h"

namespace starling::postgres {

/// Counted since the start.
struct StoreStats {
  std::uint64_t transactions = 0;
  std::uint64_t rows_accepted = 0;
  std::uint64_t reads = 0;
  std::uint64_t queries = 0;  // that the reads took
  std::uint64_t unknown = 0;
  std::uint64_t connects = 0;
};

/// What a store is like now.
struct Gauges {
  std::size_t writes_waiting = 0;
  std::size_t reads_waiting = 0;
  bool replicated = true;
  bool healthy = true;
};

struct Counters {
  using Counter = std::atomic<std::uint64_t>;

  Counter transactions = 0;
  Counter batches = 0;
  Counter rows_accepted = 0;
  Counter rows_answered = 0;  // accepted or not
  Counter batches_refused = 0;
  std::array<Counter, store::kReadKinds.size()> reads{};
  std::array<Counter, store::kReadKinds.size()> queries{};  // that they took
  Counter standby_reads = 0;                                // answered from a standby
  Counter standby_passes = 0;                               // it did not have what was needed
  Counter barriers = 0;
  Counter unknown = 0;
  Counter unavailable = 0;
  Counter full = 0;
  Counter connects = 0;
  store::Pow2Histogram commit_us;

  static std::uint64_t sum_of(const std::array<Counter, store::kReadKinds.size()>& of_kinds);
  StoreStats stats() const;
  /// Prometheus text.
  std::string text(const Gauges& now) const;
};

}  // namespace starling::postgres
