// Makes a failing run small: fewer faults, actions, rooms, people and knobs, and shorter, as long as it still fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "loadsim/sim/options.h"

namespace starling::sim {

/// Whether these options still break the promise; false also when the caller wants no more runs.
using StillFails = std::function<bool(const Options&)>;

/// The smallest options found, from ones that fail. At the end no single step makes them smaller.
Options shrink(Options options, const StillFails& still_fails);

/// How much there is in a run; a step of `shrink` makes one of them less.
struct RunSize {
  std::size_t faults = 0;
  std::size_t actions = 0;  // kinds of them
  std::uint32_t users = 0;
  std::uint32_t second_device_percent = 0;
  std::uint32_t rooms = 0;
  std::uint32_t members_per_room = 0;
  std::uint32_t nodes = 0;
  std::uint16_t shards = 0;
  Duration load{};
  Duration calm{};
  std::size_t knobs = 0;  // others that are not as usual
};
RunSize size_of(const Options& options);

}  // namespace starling::sim
