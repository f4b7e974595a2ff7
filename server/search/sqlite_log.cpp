#include "server/search/sqlite_log.h"

#include "common/base/mutant.h"
#include "server/search/limits.h"

namespace starling::search {
namespace {

using sqlite::Rows;

/// Of members `m`; a row stays when its user is removed.
const char* present() { return mutant(Mutant::SearchBeyondRemoval) ? "1" : "m.leave_seq = 0"; }

std::string sights_sql() {
  return std::string("SELECT m.room_id, m.visible_from FROM members m WHERE m.user_id = ?1 AND ") + present() +
         " AND (?2 = 0 OR m.room_id = ?2)";
}

std::string message_sql() {
  return std::string(
             "SELECT e.sender, e.ts, coalesce((SELECT x.body FROM events x WHERE x.room_id = e.room_id AND "
             "x.target = e.seq AND x.target <> 0 AND x.kind <> 1 AND x.kind = 2 ORDER BY x.seq DESC LIMIT 1), e.body) "
             "FROM rooms r JOIN members m ON m.room_id = r.room_id AND m.user_id = ?3 "
             "JOIN events e ON e.room_id = r.room_id AND e.seq = ?2 "
             "WHERE r.room_id = ?1 AND e.kind = 1 AND e.erased_hash = 0 AND e.seq >= r.min_seq "
             "AND e.seq >= m.visible_from AND ") +
         present();
}

template <class Read>
auto reading(Read read) {
  try {
    return read();
  } catch (const sqlite::SqliteError& error) {
    throw LogFault(error.what());
  }
}

LogRoom room_of(const Rows& row) {
  return {.room = row.as<RoomId>(0), .epoch = row.as<Epoch>(1), .head = row.as<Seq>(2), .min_seq = row.as<Seq>(3)};
}

LogEvent event_of(const Rows& row) {
  return {.seq = row.as<Seq>(0),
          .kind = row.as<wire::EventKind>(1),
          .sender = row.as<UserId>(2),
          .ts = wall_from_ms(row.i64(3)),
          .target = row.as<Seq>(4),
          .erased = row.u64(5) != 0,
          .body = std::string(row.bytes(6))};
}

}  // namespace

SqliteLog::Statements::Statements(const std::string& path)
    : connection({.path = path,
                  .mode = sqlite::Connection::Mode::ReadOnly,
                  .busy_timeout_ms = limits::kBusyTimeoutMs,
                  .cache_kib = limits::kLogCacheKib}),
      rooms(connection, "SELECT room_id, epoch, head, min_seq FROM rooms WHERE room_id >= ? ORDER BY room_id LIMIT ?"),
      rest(connection,
           "SELECT r.room_id, r.epoch, r.head, r.min_seq, e.ts FROM rooms r JOIN events e ON e.room_id = r.room_id "
           "WHERE r.room_id = ? AND e.seq > ? ORDER BY e.seq LIMIT 1"),
      events(connection,
             "SELECT seq, kind, sender, ts, target, erased_hash, body FROM events WHERE room_id = ? AND seq > ? "
             "ORDER BY seq LIMIT ?"),
      sights(connection, sights_sql()),
      message(connection, message_sql()) {}

SqliteLog::SqliteLog(const std::string& path) : sql_(reading([&] { return std::make_unique<Statements>(path); })) {}

std::vector<LogRoom> SqliteLog::rooms_from(RoomId first, std::size_t limit) {
  return reading([&] {
    std::vector<LogRoom> rooms;
    Rows rows = sql_->rooms.query(first, limit);
    while (rows.next()) rooms.push_back(room_of(rows));
    return rooms;
  });
}

std::vector<LogRest> SqliteLog::rest_after(std::span<const LogPlace> places) {
  return reading([&] {
    std::vector<LogRest> all;
    for (const LogPlace& place : places) {
      Rows rows = sql_->rest.query(place.room, place.seq);
      if (rows.next()) all.push_back({.room = room_of(rows), .next = wall_from_ms(rows.i64(4))});
    }
    return all;
  });
}

std::vector<std::vector<LogEvent>> SqliteLog::events_after(std::span<const LogPlace> places, std::uint32_t each) {
  return reading([&] {
    std::vector<std::vector<LogEvent>> all(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      Rows rows = sql_->events.query(places[i].room, places[i].seq, each);
      while (rows.next()) all[i].push_back(event_of(rows));
    }
    return all;
  });
}

std::vector<LogSight> SqliteLog::sights_of(UserId user, std::optional<RoomId> only) {
  return reading([&] {
    std::vector<LogSight> sights;
    Rows rows = sql_->sights.query(user, only.value_or(RoomId()));
    while (rows.next()) sights.push_back({.room = rows.as<RoomId>(0), .visible_from = rows.as<Seq>(1)});
    return sights;
  });
}

std::vector<std::optional<LogMessage>> SqliteLog::messages(UserId user, std::span<const LogPlace> places) {
  return reading([&] {
    std::vector<std::optional<LogMessage>> all(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      Rows rows = sql_->message.query(places[i].room, places[i].seq, user);
      if (!rows.next()) continue;
      all[i] =
          LogMessage{.sender = rows.as<UserId>(0), .ts = wall_from_ms(rows.i64(1)), .text = std::string(rows.bytes(2))};
    }
    return all;
  });
}

OpenLog sqlite_logs(const std::string& path) {
  return [path] { return std::make_unique<SqliteLog>(path); };
}

}  // namespace starling::search
