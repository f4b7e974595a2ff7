// The machine's monotonic clock, common to all processes on it: an intended time stamped by one worker is compared with
// the arrival in another.
#pragma once

#include <ctime>

#include "common/base/time.h"

namespace starling::load {

inline Instant now_on_machine() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return Instant(std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec));
}

}  // namespace starling::load
