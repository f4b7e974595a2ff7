#include "server/runtime/core_driver.h"

#include <chrono>

namespace starling::runtime {

Instant steady_now() { return Instant(std::chrono::steady_clock::now().time_since_epoch()); }

core::Now machine_now() {
  return {.at = steady_now(),
          .wall = WallTime(std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::system_clock::now().time_since_epoch()))};
}

core::Now now_held_to(const SharedStoreClock& store_clock) {
  core::Now now = machine_now();
  now.wall = core::held_to(store_clock.get(), now);
  return now;
}

void CoreDriver::read_clocks() { now_ = now_held_to(store_clock_); }

}  // namespace starling::runtime
