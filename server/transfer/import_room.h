// One room of an import: from its first line to its last, inside the writer's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/ids.h"
#include "server/store/sqlite/event_rows.h"
#include "server/store/sqlite/log_reader.h"
#include "server/store/sqlite/sqlite.h"
#include "server/transfer/table.h"

namespace starling::transfer {

/// Owner: the thread of the connection. `begin`, then `row` and `event`, then `end`; what throws leaves the undoing to the
/// caller.
class ImportRoom {
 public:
  explicit ImportRoom(store::Connection& connection);

  /// False: the room is there, the same as these lines say, and `resume` was asked for; the lines up to its end are only
  /// counted.
  bool begin(Fields& fields, bool resume);
  bool open() const { return static_cast<bool>(room_); }
  RoomId room() const { return room_; }
  /// False: there is no such table.
  bool row(std::string_view table, Fields& fields);
  void event(Fields& fields);
  /// The number of its events.
  std::uint64_t end(Fields& fields);

 private:
  bool same_as_stored(const store::RoomRow& stored);

  store::Connection* connection_;
  store::LogReader log_;
  store::EventRows events_;
  store::Statement checkpoint_;
  Table rooms_;
  std::vector<Table> tables_;

  // Of the room under way.
  RoomId room_;
  bool existing_ = false;
  Epoch epoch_;
  Seq min_seq_;
  Seq head_;
  std::uint64_t msg_no_ = 0;
  PrefixHash expected_;
  Seq at_;
  PrefixHash hash_;
  std::optional<std::uint64_t> last_msg_no_;
};

}  // namespace starling::transfer
