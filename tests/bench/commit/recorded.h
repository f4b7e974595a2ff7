// A run of the store as the floor repeats it: which rows shared which transaction.
#pragma once

#include <cstdint>
#include <vector>

#include "server/ports/store.h"

namespace starling::bench {

struct RecordedBatch {
  std::uint64_t transaction = 0;
  ports::Committed committed;
};

/// Batches in the order of their commits.
using Recorded = std::vector<RecordedBatch>;

struct Cost {
  std::uint64_t rows = 0;
  std::uint64_t transactions = 0;
  std::uint64_t cpu_ns = 0;  // of the thread that writes
  double seconds = 0;
  std::uint64_t rows_per_transaction_p50 = 0;

  double cpu_us_per_row() const { return static_cast<double>(cpu_ns) / 1000 / static_cast<double>(rows); }
};

}  // namespace starling::bench
