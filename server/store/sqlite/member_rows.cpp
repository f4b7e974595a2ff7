#include "server/store/sqlite/member_rows.h"

namespace starling::store {

MemberRows::MemberRows(Connection& connection)
    : standing_(connection,
                "SELECT role, leave_seq, muted, banned, invited_by FROM members WHERE room_id = ? AND user_id = ?"),
      add_(connection, "INSERT INTO members (room_id, user_id, role, join_seq) VALUES (?, ?, ?, ?)"),
      join_(connection,
            "INSERT INTO members (room_id, user_id, role, join_seq, visible_from) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET role = excluded.role, leave_seq = 0, join_seq = excluded.join_seq, "
            "visible_from = excluded.visible_from"),
      set_role_(connection, "UPDATE members SET role = ? WHERE room_id = ? AND user_id = ?"),
      leave_(connection, "UPDATE members SET leave_seq = ? WHERE room_id = ? AND user_id = ?"),
      absent_(connection,
              "INSERT INTO members (room_id, user_id, role, join_seq, leave_seq) VALUES (?, ?, 0, 0, ?) "
              "ON CONFLICT DO NOTHING"),
      mark_(connection,
            "UPDATE members SET muted = ?, banned = ?, "
            "invited_by = CASE WHEN ?3 = 0 THEN 0 WHEN invited_by = 0 THEN ?4 ELSE invited_by END "
            "WHERE room_id = ? AND user_id = ?"),
      count_(connection, "UPDATE rooms SET members = members + ? WHERE room_id = ?"),
      // Off the index, and no further than it has to.
      rooms_(connection, "SELECT 1 FROM members WHERE user_id = ? AND leave_seq = 0 LIMIT 1 OFFSET ?"),
      changed_(connection,
               "INSERT INTO users (user_id, rooms_version) VALUES (?, 2) "
               "ON CONFLICT DO UPDATE SET rooms_version = rooms_version + 1") {}

ports::Standing MemberRows::standing(RoomId room, UserId user) {
  Rows rows = standing_.query(room, user);
  if (!rows.next()) return {};
  return {.role = rows.i64(1) == 0 ? rows.as<wire::Role>(0) : wire::Role::None,
          .muted = rows.i64(2) != 0,
          .banned = rows.i64(3) != 0,
          .invited = rows.i64(4) != 0};
}

bool MemberRows::in_rooms(UserId user, std::uint32_t count) { return rooms_.query(user, count - 1).next(); }

void MemberRows::put(const Change& c) {
  const bool was = c.before.role != wire::Role::None;
  const bool is = c.after.role != wire::Role::None;
  if (is && !was) {
    join_.run(c.room, c.user, c.after.role, c.seq, c.visible_from);
    count_.run(1, c.room);
  } else if (is && c.after.role != c.before.role) {
    set_role_.run(c.after.role, c.room, c.user);
  } else if (was && !is) {
    leave_.run(c.seq, c.room, c.user);
    count_.run(-1, c.room);
  }
  const bool marks_differ =
      c.after.muted != c.before.muted || c.after.banned != c.before.banned || c.after.invited != c.before.invited;
  if (marks_differ) {
    if (!is) absent_.run(c.room, c.user, c.seq);
    mark_.run(int{c.after.muted}, int{c.after.banned}, int{c.after.invited}, c.by, c.room, c.user);
  }
  if (c.after.role != c.before.role) list_changed(c.user);
}

void MemberRows::add(RoomId room, UserId user, wire::Role role, Seq seq) {
  add_.run(room, user, role, seq);
  list_changed(user);
}

void MemberRows::list_changed(UserId user) { changed_.run(user); }

}  // namespace starling::store
