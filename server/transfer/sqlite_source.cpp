#include "server/transfer/sqlite_source.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <utility>

#include "common/base/sort_unique.h"
#include "server/store/sqlite/event_rows.h"
#include "server/store/sqlite/migrate.h"
#include "server/transfer/format.h"

namespace starling::transfer {
namespace {

constexpr int kBusyTimeoutMs = 5000;
/// The whole export is one state of the database: its WAL is not cut meanwhile, as during a backup.
constexpr std::chrono::hours kSnapshotMax{24 * 365};

/// They stand first.
constexpr std::size_t kTablesOfUsers = 2 + kUserTables.size();

}  // namespace

SqliteSource::SqliteSource(const std::string& path, std::vector<RoomId> rooms)
    : connection_(store::open_current(path, store::Connection::Mode::ReadOnly, kBusyTimeoutMs)),
      snapshot_(connection_, kSnapshotMax),
      log_(connection_),
      events_(connection_,
              "SELECT " STARLING_EVENT_COLUMNS " FROM events WHERE room_id = ? AND seq >= ? AND seq <= ? ORDER BY seq"),
      rooms_(std::move(rooms)) {
  tables_.emplace_back(connection_, "users");
  tables_.emplace_back(connection_, "accounts", kProfileColumns);
  for (const std::string_view name : kUserTables) tables_.emplace_back(connection_, name);
  tables_.emplace_back(connection_, "rooms");
  for (const std::string_view name : kRoomTables) tables_.emplace_back(connection_, name);
}

std::vector<RoomId> SqliteSource::rooms() {
  std::vector<RoomId> found;
  if (!rooms_.empty()) {
    std::ranges::copy_if(rooms_, std::back_inserter(found), [&](RoomId room) { return log_.room(room).exists; });
    return found;
  }
  store::Statement all(connection_, "SELECT room_id FROM rooms ORDER BY room_id");
  for (store::Rows rows = all.query(); rows.next();) found.push_back(rows.as<RoomId>(0));
  return found;
}

std::vector<UserId> SqliteSource::users_of_rooms() {
  store::Statement of(
      connection_, "SELECT user_id FROM members WHERE room_id = ?1 UNION SELECT sender FROM events WHERE room_id = ?1");
  std::vector<UserId> users;
  for (const RoomId room : rooms_) {
    for (store::Rows rows = of.query(room); rows.next();) users.push_back(rows.as<UserId>(0));
  }
  sort_unique(users, before<UserId>);
  return users;
}

void SqliteSource::each_user(const std::function<void(UserId)>& take) {
  if (!rooms_.empty()) {
    for (const UserId user : users_of_rooms()) take(user);
    return;
  }
  store::Statement all(connection_,
                       "SELECT user_id FROM users UNION SELECT user_id FROM members UNION SELECT user_id FROM accounts "
                       "ORDER BY 1");
  for (store::Rows rows = all.query(); rows.next();) take(rows.as<UserId>(0));
}

void SqliteSource::each_row(std::string_view table, std::uint64_t id,
                            const std::function<void(const WriteRow&)>& take) {
  const auto at = static_cast<std::size_t>(std::ranges::find(tables_, table, &Table::name) - tables_.begin());
  Table& of = tables_[at];
  for (store::Rows rows = of.rows_of(at < kTablesOfUsers ? "user_id" : "room_id", id); rows.next();) {
    take([&](JsonLine& line) { of.write(line, rows); });
  }
}

RoomLog SqliteSource::log(RoomId room) {
  const store::RoomRow row = log_.room(room);
  return {.min_seq = row.min_seq,
          .head = row.head,
          .base_hash = log_.checkpoint(room, row.min_seq.prev()).hash,
          .hash = log_.fold_to(room, row.head, snapshot_)};
}

void SqliteSource::each_event(RoomId room, Seq from, Seq to, const std::function<void(const wire::Event&)>& take) {
  for (store::Rows rows = events_.query(room, from, to); rows.next();) take(store::event_of(rows, room));
}

}  // namespace starling::transfer
