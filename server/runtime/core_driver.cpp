#include "server/runtime/core_driver.h"

#include <chrono>

namespace starling::runtime {

Instant steady_now() { return Instant(std::chrono::steady_clock::now().time_since_epoch()); }

void CoreDriver::read_clocks() {
  now_.at = steady_now();
  now_.wall = WallTime(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()));
}

}  // namespace starling::runtime
