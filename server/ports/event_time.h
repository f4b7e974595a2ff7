// The time that a room's next event is given. It is shown to people and orders nothing: the log does that.
#pragma once

#include <algorithm>
#include <chrono>

#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "common/base/time.h"

namespace starling::ports {

/// A clock that goes back by more was wrong before, or is now; by less, it is being kept.
inline constexpr std::chrono::milliseconds kClockBack = std::chrono::minutes(1);

/// `last`: of the event before. A clock that is kept takes no time back. One that was far ahead does not hold the room
/// there: when it is right again, so are the times.
inline WallTime event_time(WallTime last, WallTime now) {
  probe(Probe::clock_step_ignored, last > now);
  const bool was_wrong = last - now > kClockBack && !mutant(Mutant::M15_ClockUnclamped);
  probe(Probe::clock_was_ahead, was_wrong);
  return was_wrong ? now : std::max(last, now);
}

}  // namespace starling::ports
