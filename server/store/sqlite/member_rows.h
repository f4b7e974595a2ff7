// Where users stand in rooms, and the versions of their lists of rooms, as rows.
#pragma once

#include "server/ports/authorize.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: the writer's thread.
class MemberRows {
 public:
  explicit MemberRows(Connection& connection);

  ports::Standing standing(RoomId room, UserId user);
  /// Is the user a member of so many rooms?
  bool in_rooms(UserId user, std::uint32_t count);

  /// Of an event that was appended at `seq` by `by`, and that leaves the user at `after`.
  struct Change {
    RoomId room;
    UserId user;
    UserId by;
    Seq seq;
    ports::Standing before;
    ports::Standing after;
    Seq visible_from{1};  // for who joins by it
  };
  void put(const Change& change);
  /// Of a new room.
  void add(RoomId room, UserId user, wire::Role role, Seq seq);

 private:
  void list_changed(UserId user);

  Statement standing_;
  Statement add_;
  Statement join_;
  Statement set_role_;
  Statement leave_;
  Statement absent_;
  Statement mark_;
  Statement count_;
  Statement rooms_;
  Statement changed_;
};

}  // namespace starling::store
