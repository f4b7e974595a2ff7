// Time is an argument, never a call: these clocks have no now(). The runtime reads the machine's clocks once per
// turn of its loop; the simulator invents them.
#pragma once

#include <chrono>
#include <cstdint>

namespace starling {

using Duration = std::chrono::nanoseconds;

struct MonotonicClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Duration;
  using time_point = std::chrono::time_point<MonotonicClock, duration>;
  static constexpr bool is_steady = true;
};
/// A moment on the node's monotonic clock: timeouts, leases, intervals.
using Instant = MonotonicClock::time_point;
inline constexpr Instant kNever = Instant::max();

struct WallClock {
  using rep = std::int64_t;
  using period = std::milli;
  using duration = std::chrono::milliseconds;
  using time_point = std::chrono::time_point<WallClock, duration>;
  static constexpr bool is_steady = false;
};
/// Milliseconds since 1970-01-01 UTC. Shown to people and checked in tokens; never orders or expires anything else.
using WallTime = WallClock::time_point;

constexpr WallTime wall_from_ms(std::int64_t ms) { return WallTime(std::chrono::milliseconds(ms)); }
constexpr std::int64_t to_ms(WallTime t) { return t.time_since_epoch().count(); }

}  // namespace starling
