// A room's log read straight from the database, in short snapshots, also while a server writes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/wire/event.h"
#include "server/store/log_check.h"

namespace starling::ctl {

/// Folds the log anew and compares it with its checkpoints. The room exists; the error says what to do.
Result<store::LogCheck, std::string> check_log(const std::string& path, RoomId room);

/// The newest `count` events, ascending.
Result<std::vector<wire::Event>, std::string> last_events(const std::string& path, RoomId room, std::uint32_t count);

}  // namespace starling::ctl
