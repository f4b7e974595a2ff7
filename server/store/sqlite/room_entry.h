// New accounts that come by a link into a room: members of it with the transaction that makes the account, so that nobody is
// left between the two.
#pragma once

#include "server/store/sqlite/room_commit.h"
#include "server/store/sqlite/room_links.h"

namespace starling::store {

/// Owner: the thread of the connection.
class RoomEntry {
 public:
  explicit RoomEntry(Connection& connection);

  bool leads_somewhere(const ports::Digest& code, WallTime now) { return links_.good(code, now); }

  /// Where the user is a member now, and the log's head.
  struct Entered {
    RoomId room;
    Seq head;
  };
  /// Spends one use of a link; nothing when it lets nobody in. No home commits this: the one that there is has to be told.
  Entered enter(const ports::Digest& code, UserId user, WallTime now);

 private:
  RoomLinks links_;
  RoomCommit commits_;
  Statement epoch_;
};

}  // namespace starling::store
