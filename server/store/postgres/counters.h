// What the store has done, counted by its threads and read by anyone.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "server/store/histogram.h"
#include "server/store/is_read.h"

namespace starling::postgres {

struct Counters {
  using Counter = std::atomic<std::uint64_t>;

  Counter transactions = 0;
  Counter batches = 0;
  Counter rows_accepted = 0;
  Counter rows_answered = 0;  // accepted or not
  Counter batches_refused = 0;
  std::array<Counter, store::kReadKinds.size()> reads{};
  Counter standby_reads = 0;   // answered from a standby
  Counter standby_passes = 0;  // it did not have what was needed
  Counter barriers = 0;
  Counter unknown = 0;
  Counter unavailable = 0;
  Counter full = 0;
  Counter connects = 0;
  store::Pow2Histogram commit_us;

  std::uint64_t reads_of_all() const;
  std::string text() const;
};

}  // namespace starling::postgres
