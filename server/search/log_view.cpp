#include "server/search/log_view.h"

#include "server/search/limits.h"

namespace starling::search {
namespace {

LogRoom room_of(const sqlite::Rows& row) {
  return {.room = row.as<RoomId>(0), .epoch = row.as<Epoch>(1), .head = row.as<Seq>(2), .min_seq = row.as<Seq>(3)};
}

}  // namespace

LogView::LogView(const std::string& path)
    : connection_({.path = path,
                   .mode = sqlite::Connection::Mode::ReadOnly,
                   .busy_timeout_ms = limits::kBusyTimeoutMs,
                   .cache_kib = limits::kLogCacheKib}),
      rooms_(connection_, "SELECT room_id, epoch, head, min_seq FROM rooms ORDER BY room_id"),
      room_(connection_, "SELECT room_id, epoch, head, min_seq FROM rooms WHERE room_id = ?"),
      events_(connection_,
              "SELECT seq, kind, sender, ts, target, erased_hash, body FROM events WHERE room_id = ? AND seq > ? "
              "ORDER BY seq LIMIT ?"),
      time_(connection_, "SELECT ts FROM events WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT 1") {}

std::vector<LogRoom> LogView::rooms() {
  std::vector<LogRoom> all;
  sqlite::Rows rows = rooms_.query();
  while (rows.next()) all.push_back(room_of(rows));
  return all;
}

std::optional<LogRoom> LogView::room(RoomId room) {
  sqlite::Rows rows = room_.query(room);
  if (!rows.next()) return std::nullopt;
  return room_of(rows);
}

std::uint32_t LogView::events_after(RoomId room, Seq seq, const std::function<bool(const LogEvent&)>& take) {
  sqlite::Rows rows = events_.query(room, seq, limits::kReadRows);
  std::uint32_t given = 0;
  while (rows.next()) {
    ++given;
    if (!take({.seq = rows.as<Seq>(0),
               .kind = rows.as<wire::EventKind>(1),
               .sender = rows.as<UserId>(2),
               .ts = wall_from_ms(rows.i64(3)),
               .target = rows.as<Seq>(4),
               .erased = rows.u64(5) != 0,
               .body = rows.bytes(6)})) {
      break;
    }
  }
  return given;
}

std::optional<WallTime> LogView::time_after(RoomId room, Seq seq) {
  sqlite::Rows rows = time_.query(room, seq);
  if (!rows.next()) return std::nullopt;
  return wall_from_ms(rows.i64(0));
}

}  // namespace starling::search
