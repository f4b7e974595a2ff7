// What the store has done, counted by its threads and read by anyone.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "server/store/histogram.h"

namespace starling::store {

struct Counters {
  using Counter = std::atomic<std::uint64_t>;

  Counter transactions = 0;
  Counter batches = 0;
  Counter rows_accepted = 0;
  Counter rows_answered = 0;  // accepted or not
  Counter rows_refused = 0;   // by SQLite, rejected alone
  Counter reads = 0;
  Counter checkpoints = 0;
  Counter wal_restarts = 0;
  Counter failed_full = 0;
  Counter failed_locked = 0;
  Counter failed_fatal = 0;
  Counter writer_cpu_ns = 0;
  Counter wal_frames = 0;
  Pow2Histogram rows_per_transaction;
  Pow2Histogram commit_us;

  std::string text() const;
};

}  // namespace starling::store
