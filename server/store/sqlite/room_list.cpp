#include "server/store/sqlite/room_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {
namespace {

constexpr int kBusyTimeoutMs = 2000;

Connection open(const std::string& path) { return open_current(path, Connection::Mode::ReadOnly, kBusyTimeoutMs); }

/// Accounts come with a later migration than rooms.
bool keeps_handles(Connection& connection) {
  return connection.number("SELECT count(*) FROM pragma_table_info('accounts') WHERE name IN ('user_id', 'handle')") ==
         2;
}

}  // namespace

Result<void, std::string> each_room(const std::string& path, const std::function<void(const RoomSummary&)>& take) {
  try {
    Connection connection = open(path);
    // Ids are unsigned: the upper half of them is negative to SQLite.
    Statement rooms(
        connection,
        "SELECT room_id, kind, title, is_public, epoch, head, min_seq, last_ts, (SELECT count(*) FROM members "
        "WHERE members.room_id = rooms.room_id AND leave_seq = 0) FROM rooms ORDER BY room_id < 0, room_id");
    for (Rows rows = rooms.query(); rows.next();) {
      take({.room = rows.as<RoomId>(0),
            .kind = rows.as<wire::RoomKind>(1),
            .title = std::string(rows.bytes(2)),
            .is_public = rows.i64(3) != 0,
            .epoch = rows.as<Epoch>(4),
            .head = rows.as<Seq>(5),
            .min_seq = rows.as<Seq>(6),
            .members = rows.u64(8),
            .last_ts = wall_from_ms(rows.i64(7))});
    }
    return {};
  } catch (const SqliteError& error) {
    return tl::unexpected(explain(error, path));
  }
}

Result<std::vector<MemberView>, std::string> members_of(const std::string& path, RoomId room) {
  try {
    Connection connection = open(path);
    const char* handle =
        keeps_handles(connection) ? "(SELECT handle FROM accounts WHERE accounts.user_id = members.user_id)" : "''";
    Statement members(
        connection, fmt::format("SELECT user_id, role, join_seq, leave_seq, muted, banned, invited_by, {} FROM members "
                                "WHERE room_id = ? AND (leave_seq = 0 OR muted OR banned OR invited_by)",
                                handle));
    std::vector<MemberView> all;
    for (Rows rows = members.query(room); rows.next();) {
      const bool present = rows.i64(3) == 0;
      all.push_back({.user = rows.as<UserId>(0),
                     .handle = std::string(rows.bytes(7)),
                     .role = present ? rows.as<wire::Role>(1) : wire::Role::None,
                     .join_seq = rows.as<Seq>(2),
                     .muted = rows.i64(4) != 0,
                     .banned = rows.i64(5) != 0,
                     .invited = rows.i64(6) != 0});
    }
    std::ranges::sort(all, {}, [](const MemberView& m) { return std::tuple(m.role == wire::Role::None, m.user); });
    return all;
  } catch (const SqliteError& error) {
    return tl::unexpected(explain(error, path));
  }
}

}  // namespace starling::store
