#include "server/store/member_rows.h"

namespace starling::store {

MemberRows::MemberRows(Connection& connection)
    : role_(connection, "SELECT role FROM members WHERE room_id = ? AND user_id = ? AND leave_seq = 0"),
      add_(connection,
           "INSERT INTO members (room_id, user_id, role, join_seq) VALUES (?, ?, ?, ?) "
           "ON CONFLICT DO UPDATE SET role = excluded.role, leave_seq = 0, "
           "join_seq = CASE leave_seq WHEN 0 THEN join_seq ELSE excluded.join_seq END"),
      remove_(connection, "UPDATE members SET leave_seq = ? WHERE room_id = ? AND user_id = ?"),
      changed_(connection,
               "INSERT INTO users (user_id, rooms_version) VALUES (?, 2) "
               "ON CONFLICT DO UPDATE SET rooms_version = rooms_version + 1") {}

wire::Role MemberRows::role(RoomId room, UserId user) {
  Rows rows = role_.query(room, user);
  return rows.next() ? rows.as<wire::Role>(0) : wire::Role::None;
}

void MemberRows::add(RoomId room, UserId user, wire::Role role, Seq seq) {
  add_.run(room, user, role, seq);
  changed(user);
}

void MemberRows::remove(RoomId room, UserId user, Seq seq) {
  remove_.run(seq, room, user);
  changed(user);
}

void MemberRows::changed(UserId user) { changed_.run(user); }

}  // namespace starling::store
