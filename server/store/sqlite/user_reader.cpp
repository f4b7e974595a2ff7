#include "server/store/sqlite/user_reader.h"

#include <algorithm>

#include "common/wire/limits.h"
#include "server/ports/item_rules.h"
#include "server/store/sqlite/snapshot.h"

namespace starling::store {

UserReader::UserReader(Connection& connection)
    : connection_(&connection),
      versions_(connection, "SELECT rooms_version, items_version FROM users WHERE user_id = ?"),
      rooms_(connection,
             "SELECT m.room_id, r.kind, m.role, r.title, coalesce(k.seq, 0), coalesce(k.msg_no, 0) FROM members AS m "
             "JOIN rooms AS r USING (room_id) LEFT JOIN read_marks AS k ON k.user_id = m.user_id AND k.room_id = "
             "m.room_id "
             "WHERE m.user_id = ? AND m.leave_seq = 0"),
      items_(connection,
             "SELECT version, kind, key, value FROM user_items WHERE user_id = ? AND version > ? ORDER BY version") {}

ports::UserLoaded UserReader::load(const ports::LoadUser& request) {
  const Snapshot snapshot(*connection_);
  ports::UserLoaded loaded{.rooms_version = 1};
  {
    Rows rows = versions_.query(request.user);
    if (rows.next()) {
      loaded.rooms_version = rows.u64(0);
      loaded.items_version = rows.u64(1);
    }
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

ports::ItemsLoaded UserReader::items(const ports::LoadItems& request) {
  const Snapshot snapshot(*connection_);
  wire::Items changes;
  {
    Rows rows = versions_.query(request.user);
    if (rows.next()) changes.version = rows.u64(1);
  }
  changes.prev = ports::continues(request.after, changes.version) ? request.after : 0;
  std::size_t bytes = 0;
  Rows rows = items_.query(request.user, changes.prev);
  while (rows.next()) {
    wire::Item item{.kind = rows.as<wire::ItemKind>(1),
                    .key = std::string(rows.bytes(2)),
                    .value = std::string(rows.bytes(3)),
                    .version = rows.u64(0)};
    bytes += item.key.size() + item.value.size() + ports::kItemBytes;
    if (!changes.items.empty() &&
        (bytes > wire::limits::kItemsBytesMax || changes.items.size() == wire::limits::kItemsMax)) {
      changes.more = true;
      changes.version = changes.items.back().version;
      break;
    }
    changes.items.push_back(std::move(item));
  }
  return {.changes = std::move(changes)};
}

}  // namespace starling::store
