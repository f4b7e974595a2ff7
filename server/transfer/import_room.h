// One room of an import: from its first line to its last, inside the writer's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/ids.h"
#include "server/transfer/target.h"

namespace starling::transfer {

/// Owner: the thread of the target. `begin`, then `row` and `event`, then `end`; what throws leaves the undoing to the
/// caller.
class ImportRoom {
 public:
  explicit ImportRoom(Target& target) : target_(&target) {}

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
  bool same_as(const StoredRoom& stored);

  Target* target_;

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
