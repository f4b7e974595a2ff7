// Cuts old events off the fronts of logs: never out of their middle, never the newest one, and never a room's state,
// counters or fold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
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

/// Beside a running server, in slices of a few milliseconds with pauses between them. Each moves rooms.min_seq, keeps the
/// fold below it as a checkpoint and deletes what is before, in one transaction: broken off, it has cut less. The error says
/// what to do.
Result<RetentionReport, std::string> cut_logs(const std::string& path, const RetentionPlan& plan);

}  // namespace starling::store
