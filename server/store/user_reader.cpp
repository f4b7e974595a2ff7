#include "server/store/user_reader.h"

#include <algorithm>

#include "server/store/snapshot.h"

namespace starling::store {

UserReader::UserReader(Connection& connection)
    : connection_(&connection),
      version_(connection, "SELECT rooms_version FROM users WHERE user_id = ?"),
      rooms_(connection,
             "SELECT m.room_id, r.kind, m.role, r.title, coalesce(k.seq, 0), coalesce(k.msg_no, 0) FROM members AS m "
             "JOIN rooms AS r USING (room_id) LEFT JOIN read_marks AS k ON k.user_id = m.user_id AND k.room_id = "
             "m.room_id "
             "WHERE m.user_id = ? AND m.leave_seq = 0") {}

ports::UserLoaded UserReader::load(const ports::LoadUser& request) {
  const Snapshot snapshot(*connection_);
  ports::UserLoaded loaded{.rooms_version = 1};
  {
    Rows rows = version_.query(request.user);
    if (rows.next()) loaded.rooms_version = rows.u64(0);
  }
  {
    Rows rows = rooms_.query(request.user);
    while (rows.next()) {
      loaded.rooms.push_back({.info = {.room = rows.as<RoomId>(0),
                                       .kind = rows.as<wire::RoomKind>(1),
                                       .role = rows.as<wire::Role>(2),
                                       .title = std::string(rows.bytes(3))},
                              .read_seq = rows.as<Seq>(4),
                              .read_msg_no = rows.u64(5)});
    }
  }
  std::sort(loaded.rooms.begin(), loaded.rooms.end(),
            [](const ports::UserRoom& a, const ports::UserRoom& b) { return a.info.room < b.info.room; });
  return loaded;
}

}  // namespace starling::store
