// A room's log read straight from the database, in short snapshots, also while a server writes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/wire/event.h"

namespace starling::ctl {

struct LogCheck {
  std::uint64_t events = 0;       // that were folded
  std::uint64_t checkpoints = 0;  // that were compared
  PrefixHash hash;                // of the log up to its head
  std::string fault;              // empty: dense, and every checkpoint is the log's fold
  bool good() const { return fault.empty(); }
};

/// Folds the log anew and compares it with its checkpoints. The room exists; the error says what to do.
Result<LogCheck, std::string> check_log(const std::string& path, RoomId room);

/// The newest `count` events, ascending.
Result<std::vector<wire::Event>, std::string> last_events(const std::string& path, RoomId room, std::uint32_t count);

}  // namespace starling::ctl
