// Which old events are cut off the fronts of logs, whatever store these are in: never out of their middle, never the newest
// one, and never a room's state, counters or fold.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace starling::store {

struct RetentionPlan {
  WallTime older_than;        // events from before
  std::vector<RoomId> rooms;  // empty: all
  bool dry_run = false;       // only counts
};
struct RetentionReport {
  std::uint64_t rooms = 0;  // looked at
  std::uint64_t rooms_cut = 0;
  std::uint64_t events = 0;  // cut
  std::uint64_t slices = 0;
  std::uint64_t longest_ms = 0;  // a commit of the server may have waited for this
};

}  // namespace starling::store
