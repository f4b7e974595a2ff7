// Who belongs to a room, and how often each user's list of rooms has changed.
#pragma once

#include "common/wire/event.h"
#include "server/store/sqlite.h"

namespace starling::store {

class MemberRows {
 public:
  explicit MemberRows(Connection& connection);

  /// None: not present.
  wire::Role role(RoomId room, UserId user);
  /// Joins, or changes the role of a present member, who keeps its join_seq.
  void add(RoomId room, UserId user, wire::Role role, Seq seq);
  void remove(RoomId room, UserId user, Seq seq);

 private:
  void changed(UserId user);

  Statement role_;
  Statement add_;
  Statement remove_;
  Statement changed_;
};

}  // namespace starling::store
