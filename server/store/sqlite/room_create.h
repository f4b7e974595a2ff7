// New rooms, inside the writer's transaction: their row, founders and keys.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "server/ports/store.h"
#include "server/store/sqlite/event_rows.h"
#include "server/store/sqlite/member_rows.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: the thread of the connection.
class RoomCreate {
 public:
  explicit RoomCreate(Connection& connection);

  /// Busy when the proposed id is taken: the next attempt proposes another one.
  ports::RoomMade run(const ports::CreateRoom& request);

  struct NewRoom {
    RoomId room;
    wire::RoomKind kind = wire::RoomKind::Group;
    std::string_view title;
    WallTime now;
  };
  /// The first member owns a group. False when the room exists.
  bool make(const NewRoom& room, const std::vector<UserId>& members);

 private:
  std::optional<RoomId> made_before(const ports::CreateRoom& request);

  EventRows events_;
  MemberRows members_;
  Statement exists_;
  Statement made_;
  Statement direct_;
  Statement insert_room_;
  Statement insert_made_;
  Statement insert_direct_;
  Statement insert_checkpoint_;
};

}  // namespace starling::store
