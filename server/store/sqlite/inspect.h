// Views of a database for its operator, also while a server writes it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "server/ports/store.h"

namespace starling::store {

struct RoomView {
  bool exists = false;
  RoomId room;
  wire::RoomKind kind = wire::RoomKind::Group;
  std::string title;
  Epoch epoch;
  Seq head;
  Seq min_seq;
  std::uint64_t msg_no = 0;
  WallTime last_ts;
  Seq checkpoint_seq;
  std::uint64_t devices = 0;  // that ever sent
  std::vector<ports::Member> members;
};
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
