#include "server/transfer/sqlite_target.h"

#include <algorithm>
#include <cstddef>

#include "server/transfer/format.h"

namespace starling::transfer {
namespace {

constexpr int kBusyTimeoutMs = 5000;
constexpr int kCacheKib = 64 * 1024;
/// They stand first.
constexpr std::size_t kTablesOfUsers = 1 + kUserTables.size();

store::Connection open(const std::string& path) {
  store::Connection connection({.path = path, .busy_timeout_ms = kBusyTimeoutMs, .cache_kib = kCacheKib});
  store::make_durable(connection);
  connection.exec("PRAGMA wal_autocheckpoint = 4096");  // nobody else moves it: no server runs
  return connection;
}

}  // namespace

SqliteTarget::SqliteTarget(const std::string& path)
    : connection_(open(path)),
      savepoints_(connection_),
      log_(connection_),
      events_(connection_),
      people_(connection_),
      versions_(
          connection_,
          "INSERT INTO users (user_id, rooms_version, items_version) VALUES (?1, ?2 + 1, ?3) ON CONFLICT DO UPDATE "
          "SET rooms_version = max(rooms_version, excluded.rooms_version), "
          "items_version = max(items_version, excluded.items_version)"),
      checkpoint_(connection_, "INSERT INTO checkpoints (room_id, seq, hash) VALUES (?, ?, ?)"),
      stored_events_(connection_,
                     "SELECT " STARLING_EVENT_COLUMNS " FROM events WHERE room_id = ? AND seq >= ? ORDER BY seq") {
  tables_.emplace_back(connection_, "accounts", kProfileColumns);
  for (const std::string_view name : kUserTables) tables_.emplace_back(connection_, name);
  tables_.emplace_back(connection_, "rooms");
  for (const std::string_view name : kRoomTables) tables_.emplace_back(connection_, name);
}

bool SqliteTarget::has_rooms() { return connection_.number("SELECT EXISTS (SELECT 1 FROM rooms)") != 0; }

void SqliteTarget::begin() {
  if (!connection_.in_transaction()) connection_.exec("BEGIN IMMEDIATE");
}

void SqliteTarget::commit() {
  if (connection_.in_transaction()) connection_.exec("COMMIT");
}

void SqliteTarget::keep_room() {
  room_->release();
  room_.reset();
}

void SqliteTarget::put_versions(UserId user, std::uint64_t rooms, std::uint64_t items) {
  versions_.run(user, rooms, items);
}

bool SqliteTarget::put_row(std::string_view table, std::uint64_t id, Fields& fields, bool or_leave) {
  const auto at = static_cast<std::size_t>(std::ranges::find(tables_, table, &Table::name) - tables_.begin());
  return tables_[at].insert(at < kTablesOfUsers ? "user_id" : "room_id", id, fields, or_leave);
}

std::optional<StoredRoom> SqliteTarget::stored(RoomId room) {
  const store::RoomRow row = log_.room(room);
  if (!row.exists) return std::nullopt;
  return StoredRoom{.epoch = row.epoch, .min_seq = row.min_seq, .head = row.head};
}

PrefixHash SqliteTarget::fold(RoomId room, Seq min_seq) {
  PrefixHash hash = log_.checkpoint(room, min_seq.prev()).hash;
  // Read as it is, inside the writer's transaction.
  for (store::Rows rows = stored_events_.query(room, min_seq); rows.next();) {
    hash = wire::fold(hash, store::hashed_event_of(rows, room));
  }
  return hash;
}

}  // namespace starling::transfer
