// A database as an export reads it, whichever it is: all of it as of one moment.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "common/base/ids.h"
#include "common/wire/event.h"
#include "server/transfer/json_line.h"

namespace starling::transfer {

/// A room's log by its row and its checkpoints.
struct RoomLog {
  Seq min_seq;
  Seq head;
  PrefixHash base_hash;  // of what is below min_seq
  PrefixHash hash;       // of all of it, from the newest checkpoint on
};

/// Made for all rooms, or for some. Owner: one thread. Rooms and users ascend by their ids as signed numbers, which is the order
/// of both databases, and what is of them is asked for in that order. What it throws ends the export.
class Source {
 public:
  virtual ~Source() = default;

  /// The order of rooms and users.
  template <class IdType>
  static bool before(IdType a, IdType b) {
    return static_cast<std::int64_t>(a.value) < static_cast<std::int64_t>(b.value);
  }

  virtual std::vector<RoomId> rooms() = 0;
  /// Everybody; of some rooms whoever has a word in them, though not a place any more.
  virtual void each_user(const std::function<void(UserId)>& take) = 0;

  using WriteRow = std::function<void(JsonLine&)>;
  /// The rows of a table that are a room's, or a user's, by the table's key. They are written without the room, or the user.
  virtual void each_row(std::string_view table, std::uint64_t id, const std::function<void(const WriteRow&)>& take) = 0;

  virtual RoomLog log(RoomId room) = 0;
  /// From one to the other, both included.
  virtual void each_event(RoomId room, Seq from, Seq to, const std::function<void(const wire::Event&)>& take) = 0;
};

}  // namespace starling::transfer
