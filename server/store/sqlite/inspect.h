// Views of a database for its operator, also while a server writes it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "server/store/room_views.h"

namespace starling::store {

Result<RoomView, std::string> room_show(const std::string& path, RoomId room);

struct Totals {
  int schema = 0;
  std::uint64_t users = 0;  // with a room
  std::uint64_t rooms = 0;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;  // of the database's pages, without its WAL
  Epoch epoch_max;
  std::uint64_t rooms_with_raised_epoch = 0;
};
Result<Totals, std::string> totals(const std::string& path);

/// The log as server/store/ledger_lines.h has it, each room as of one moment. A room that does not exist is left out. Empty
/// `rooms`: all.
Result<void, std::string> dump_ledger(const std::string& path, const std::vector<RoomId>& rooms, std::FILE* out);

}  // namespace starling::store
