// When systemd (WatchdogSec=) may be told that the server lives: each of its shards has turned since it was told last. A shard
// that stands still is found by it, though the main thread, which tells, goes on.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/time.h"

namespace starling::app {

/// How often WATCHDOG_USEC wants to hear of it, halved; zero: never, or not of this process (WATCHDOG_PID).
Duration watchdog_interval();

class Watchdog {
 public:
  explicit Watchdog(Duration interval) : interval_(interval) {}

  /// True when it is to be told now. `turns`: of each shard so far; none while no shard runs yet.
  bool due(Instant now, std::vector<std::uint64_t> turns);

 private:
  Duration interval_;
  Instant told_at_{};
  std::vector<std::uint64_t> told_;
};

}  // namespace starling::app
