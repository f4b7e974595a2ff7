// What a session has asked of its shard, in four bytes: full again at a time that every request puts off.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "common/base/time.h"
#include "server/core/config.h"

namespace starling::core {

class Meter {
 public:
  /// Takes `cost` of what Config calls asks; 0 means taken. Otherwise returns the milliseconds until an eighth of the
  /// burst is there, so that who comes back is not sent away again after the first request.
  std::uint32_t take(const Config& config, std::uint32_t cost, Instant now) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    const auto at = static_cast<std::uint32_t>(static_cast<std::uint64_t>(ms) * config.asks_per_s / 1000);
    std::uint32_t missing = full_at_ - at;
    // In the past. Numbers come again after half a year: an idle session then looks as if it had just asked, for seconds.
    if (missing > config.asks_burst) missing = 0;
    if (missing + cost <= config.asks_burst) {
      full_at_ = at + missing + cost;
      return 0;
    }
    const std::uint32_t wanted = std::min(config.asks_burst, std::max(cost, config.asks_burst / 8));
    return std::uint32_t{1} + (missing + wanted - config.asks_burst) * 1000 / config.asks_per_s;
  }

 private:
  std::uint32_t full_at_ = 0;  // in units of one ask, modulo 2^32
};

}  // namespace starling::core
