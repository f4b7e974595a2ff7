// The database's log as the indexer reads it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/sqlite/sqlite.h"
#include "common/wire/event.h"

namespace starling::search {

struct LogRoom {
  RoomId room;
  Epoch epoch;
  Seq head;
  Seq min_seq;
};

struct LogEvent {
  Seq seq;
  wire::EventKind kind = wire::EventKind::Message;
  UserId sender;
  WallTime ts;
  Seq target;
  bool erased = false;
  std::string_view body;  // until the next one
};

/// Owner: the indexer's thread. It never writes. Throws SqliteError.
class LogView {
 public:
  explicit LogView(const std::string& path);

  /// By id as SQLite orders it (signed).
  std::vector<LogRoom> rooms();
  std::optional<LogRoom> room(RoomId room);
  /// Events after `seq`, ascending, at most limits::kReadRows, until `take` says false. How many it was given.
  std::uint32_t events_after(RoomId room, Seq seq, const std::function<bool(const LogEvent&)>& take);
  std::optional<WallTime> time_after(RoomId room, Seq seq);

 private:
  sqlite::Connection connection_;
  sqlite::Statement rooms_;
  sqlite::Statement room_;
  sqlite::Statement events_;
  sqlite::Statement time_;
};

}  // namespace starling::search
