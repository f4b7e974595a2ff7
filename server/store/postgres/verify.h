// Are logs whole? Read anew from the database, also while nodes write.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "server/store/log_check.h"
#include "server/store/postgres/part.h"

namespace starling::postgres {

class Session;

/// Within the caller's snapshot: the log is dense up to its head, its fold is what its checkpoints say, and it has as many
/// messages as its room counts. The room exists.
store::LogCheck check_log(Session& session, RoomId room);

struct LogsChecked {
  std::uint64_t rooms = 0;  // that were read
  std::uint64_t events = 0;
  std::uint64_t rooms_left = 0;  // that were not
  RoomId damaged;                // the first one; none: all are whole
  std::string fault;             // of that one
};
/// Recent: of the rooms that were written last, those that are read in some seconds together.
enum class Logs : std::uint8_t { Recent, Every };
/// Each room is a snapshot of its own. The error says what to do.
Result<LogsChecked, std::string> check_logs(const Database& database, Logs which);

}  // namespace starling::postgres
