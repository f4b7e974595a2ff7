// What a shard shows of itself on /metrics. The shard's thread writes its own; a copy is published at least once a
// second for the thread that serves the page.
#pragma once

#include <cstdint>
#include <mutex>

#include "server/core/shard.h"

namespace starling::runtime {

struct Stats {
  core::Counters core;

  // Counters.
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;         // over connections_max or unauthenticated_max
  std::uint64_t accepts_failed = 0;  // no descriptor or memory; tried again in a second
  std::uint64_t logins = 0;
  std::uint64_t logins_by_ticket = 0;
  std::uint64_t logins_refused = 0;
  std::uint64_t protocol_errors = 0;  // closed with 1002, 1003, 1007, 1008 or 1009
  std::uint64_t timeouts = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t frames_in = 0;
  std::uint64_t frames_out = 0;
  std::uint64_t writes = 0;          // system calls
  std::uint64_t writes_blocked = 0;  // of them, would block
  std::uint64_t turns = 0;
  std::uint64_t envelopes_posted = 0;
  std::uint64_t envelopes_dropped = 0;
  // Gauges.
  std::uint64_t connections = 0;
  double flush_delay_s = 0;
  double load = 0;       // share of time that the loop is busy
  double lag_max_s = 0;  // longest turn since the last publication
};

class PublishedStats {
 public:
  void set(const Stats& stats) {
    const std::lock_guard lock(mutex_);
    stats_ = stats;
  }
  Stats get() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

 private:
  mutable std::mutex mutex_;
  Stats stats_;
};

}  // namespace starling::runtime
