#include "server/store/sqlite/inspect.h"

#include <algorithm>
#include <utility>

#include "server/store/ledger_lines.h"
#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/event_rows.h"
#include "server/store/sqlite/limits.h"
#include "server/store/sqlite/log_reader.h"
#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/snapshot.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {
namespace {

constexpr int kBusyTimeoutMs = 2000;

/// Runs `view` on a connection that only reads.
template <class View>
auto look(const std::string& path, View view) -> Result<decltype(view(std::declval<Connection&>())), std::string> {
  try {
    Connection connection = open_current(path, Connection::Mode::ReadOnly, kBusyTimeoutMs);
    return view(connection);
  } catch (const SqliteError& error) {
    return tl::unexpected(explain(error, path));
  }
}

/// Writes the lines of one room after another, each of one snapshot.
class LedgerDump {
 public:
  LedgerDump(Connection& connection, std::FILE* out)
      : connection_(&connection),
        log_(connection),
        events_of_(connection, "SELECT " STARLING_EVENT_COLUMNS
                               " FROM events WHERE room_id = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?"),
        devices_(connection, "SELECT device, last_cseq FROM device_pos WHERE room_id = ?"),
        lines_(out) {}

  void room(RoomId room) {
    Snapshot snapshot(*connection_);
    const RoomRow row = log_.room(room);
    if (!row.exists) return;
    lines_.room(room, row.epoch, row.head, row.min_seq);
    // Of the same snapshot as the head; the events below it do not change.
    const auto counters = devices(room);
    events(room, row, snapshot);
    for (const auto& [device, cseq] : counters) lines_.device(device, cseq);
  }
  bool end() { return lines_.end(); }

 private:
  std::vector<std::pair<DeviceId, Cseq>> devices(RoomId room) {
    std::vector<std::pair<DeviceId, Cseq>> counters;
    Rows rows = devices_.query(room);
    while (rows.next()) counters.emplace_back(rows.as<DeviceId>(0), rows.as<Cseq>(1));
    std::sort(counters.begin(), counters.end());
    return counters;
  }

  void events(RoomId room, const RoomRow& row, Snapshot& snapshot) {
    for (Seq after = row.min_seq.prev(); after < row.head; snapshot.breathe()) {
      const Seq before = after;
      Rows rows = events_of_.query(room, after, row.head, limits::kSnapshotRows);
      while (rows.next()) {
        const wire::Event event = hashed_event_of(rows, room);
        lines_.event(event, event.erased_hash);
        after = event.seq;
      }
      if (after == before) return;
    }
  }

  Connection* connection_;
  LogReader log_;
  Statement events_of_;
  Statement devices_;
  LedgerLines lines_;
};

std::vector<RoomId> all_rooms(Connection& connection) {
  std::vector<RoomId> rooms;
  Statement statement(connection, "SELECT room_id FROM rooms");
  Rows rows = statement.query();
  while (rows.next()) rooms.push_back(rows.as<RoomId>(0));
  return rooms;
}

}  // namespace

Result<RoomView, std::string> room_show(const std::string& path, RoomId room) {
  return look(path, [&](Connection& connection) {
    LogReader log(connection);
    Statement devices(connection, "SELECT count(*) FROM device_pos WHERE room_id = ?");
    Statement members(connection, "SELECT user_id, role, join_seq FROM members WHERE room_id = ? AND leave_seq = 0");
    const Snapshot snapshot(connection);
    RoomRow row = log.room(room);
    RoomView view{.exists = row.exists,
                  .room = room,
                  .kind = row.kind,
                  .title = std::move(row.title),
                  .epoch = row.epoch,
                  .head = row.head,
                  .min_seq = row.min_seq,
                  .msg_no = row.msg_no,
                  .last_ts = row.last_ts,
                  .checkpoint_seq = log.checkpoint(room, row.head).seq};
    {
      Rows rows = devices.query(room);
      if (rows.next()) view.devices = rows.u64(0);
    }
    Rows rows = members.query(room);
    while (rows.next()) {
      view.members.push_back({.user = rows.as<UserId>(0), .role = rows.as<wire::Role>(1), .join_seq = rows.as<Seq>(2)});
    }
    std::sort(view.members.begin(), view.members.end(),
              [](const ports::Member& a, const ports::Member& b) { return a.user < b.user; });
    return view;
  });
}

Result<Totals, std::string> totals(const std::string& path) {
  return look(path, [](Connection& connection) {
    const Snapshot snapshot(connection);
    const auto count = [&](const char* sql) { return static_cast<std::uint64_t>(connection.number(sql)); };
    return Totals{
        .schema = static_cast<int>(connection.number("PRAGMA user_version")),
        .users = count("SELECT count(DISTINCT user_id) FROM members WHERE leave_seq = 0"),
        .rooms = count("SELECT count(*) FROM rooms"),
        .events = count("SELECT coalesce(sum(head - min_seq + 1), 0) FROM rooms"),
        .bytes = count("PRAGMA page_count") * count("PRAGMA page_size"),
        .epoch_max = Epoch(static_cast<std::uint32_t>(count("SELECT coalesce(max(epoch), 0) FROM rooms"))),
        .rooms_with_raised_epoch = count("SELECT count(*) FROM rooms WHERE epoch > 1"),
    };
  });
}

Result<void, std::string> dump_ledger(const std::string& path, const std::vector<RoomId>& rooms, std::FILE* out) {
  const auto written = look(path, [&](Connection& connection) {
    std::vector<RoomId> list = rooms.empty() ? all_rooms(connection) : rooms;
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    LedgerDump dump(connection, out);
    for (const RoomId room : list) dump.room(room);
    return dump.end();
  });
  if (!written) return tl::unexpected(written.error());
  if (!*written) return tl::unexpected(std::string("the ledger could not be written to the end"));
  return {};
}

}  // namespace starling::store
