#include "server/transfer/export.h"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "common/base/sort_unique.h"
#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/event_rows.h"
#include "server/store/sqlite/log_reader.h"
#include "server/store/sqlite/migrate.h"
#include "server/transfer/event_line.h"
#include "server/transfer/format.h"
#include "server/transfer/table.h"

namespace starling::transfer {
namespace {

constexpr int kBusyTimeoutMs = 5000;
/// The whole export is one state of the database: its WAL is not cut meanwhile, as during a backup.
constexpr std::chrono::hours kSnapshotMax{24 * 365};

class Export {
 public:
  Export(store::Connection& connection, std::FILE* out)
      : connection_(&connection),
        snapshot_(connection, kSnapshotMax),
        log_(connection),
        events_(connection, "SELECT " STARLING_EVENT_COLUMNS
                            " FROM events WHERE room_id = ? AND seq >= ? AND seq <= ? ORDER BY seq"),
        versions_(connection, "SELECT rooms_version, items_version FROM users WHERE user_id = ?"),
        rooms_(connection, "rooms"),
        accounts_(connection, "accounts", kProfileColumns),
        out_(out) {
    for (const std::string_view name : kRoomTables) {
      if (Table table(connection, name); table.exists()) tables_.push_back(std::move(table));
    }
    for (const std::string_view name : kUserTables) {
      if (Table table(connection, name); table.exists()) user_tables_.push_back(std::move(table));
    }
  }

  ExportReport run(const ExportPlan& plan) {
    std::vector<RoomId> rooms = plan.rooms;
    for (const RoomId room : rooms) {
      if (log_.room(room).exists) continue;
      refuse(fmt::format("there is no room {}: starlingctl room list shows which there are", room.value));
    }
    if (rooms.empty()) {
      store::Statement all(*connection_, "SELECT room_id FROM rooms ORDER BY room_id");
      for (store::Rows rows = all.query(); rows.next();) rooms.push_back(rows.as<RoomId>(0));
    }
    header(plan, rooms.size());
    users(plan.rooms);
    for (const RoomId room : rooms) this->room(room);
    line_.begin("end");
    line_.count("users", report_.users);
    line_.count("rooms", report_.rooms);
    line_.count("events", report_.events);
    line_.count("lines", lines_ + 1);
    put();
    if (std::fflush(out_) != 0) broken();
    return report_;
  }

 private:
  void header(const ExportPlan& plan, std::size_t rooms) {
    line_.begin("header");
    line_.count("format", kFormat);
    line_.number("schema", connection_->number("PRAGMA user_version"));
    line_.number("made_ms", to_ms(plan.now));
    line_.text("program", plan.program);
    line_.count("rooms", rooms);
    put();
  }

  void users(const std::vector<RoomId>& rooms) {
    if (rooms.empty()) {
      std::string sql = "SELECT user_id FROM users UNION SELECT user_id FROM members";
      if (accounts_.exists()) sql += " UNION SELECT user_id FROM accounts";
      store::Statement all(*connection_, sql + " ORDER BY 1");
      for (store::Rows rows = all.query(); rows.next();) {
        const auto each = rows.as<UserId>(0);
        user(each);
        keeps(each);
      }
      return;
    }
    // Whoever has a word in the rooms, though not a place any more.
    store::Statement of(
        *connection_,
        "SELECT user_id FROM members WHERE room_id = ?1 UNION SELECT sender FROM events WHERE room_id = ?1");
    std::vector<UserId> users;
    for (const RoomId room : rooms) {
      for (store::Rows rows = of.query(room); rows.next();) users.push_back(rows.as<UserId>(0));
    }
    sort_unique(users);
    for (const UserId each : users) user(each);
  }

  void user(UserId user) {
    line_.begin("user");
    line_.id("user", user.value);
    if (store::Rows rows = versions_.query(user); rows.next()) {
      line_.count("rooms_version", rows.u64(0));
      line_.id("items_version", rows.u64(1));
    }
    if (accounts_.exists()) {
      if (store::Rows rows = accounts_.rows_of("user_id", user.value); rows.next()) accounts_.write(line_, rows);
    }
    put();
    ++report_.users;
  }

  void keeps(UserId user) {
    for (Table& table : user_tables_) {
      for (store::Rows rows = table.rows_of("user_id", user.value); rows.next();) {
        line_.begin(table.name());
        line_.id("user", user.value);
        table.write(line_, rows);
        put();
      }
    }
  }

  void room(RoomId room) {
    const store::RoomRow row = log_.room(room);
    const Seq base = row.min_seq.prev();
    const PrefixHash base_hash = log_.checkpoint(room, base).hash;
    const PrefixHash expected = log_.fold_to(room, row.head, snapshot_);
    line_.begin("room");
    line_.id("room", room.value);
    if (store::Rows rows = rooms_.rows_of("room_id", room.value); rows.next()) rooms_.write(line_, rows);
    if (base) line_.hash("base_hash", base_hash.value);
    line_.hash("prefix_hash", expected.value);
    put();
    for (Table& table : tables_) {
      for (store::Rows rows = table.rows_of("room_id", room.value); rows.next();) {
        line_.begin(table.name());
        table.write(line_, rows);
        put();
      }
    }
    const PrefixHash hash = events(room, row, base_hash);
    if (hash != expected) damaged(room, "its log is not what its checkpoints say");
    line_.begin("room_end");
    line_.id("room", room.value);
    line_.count("events", row.head.value - base.value);
    line_.hash("prefix_hash", hash.value);
    put();
    ++report_.rooms;
  }

  PrefixHash events(RoomId room, const store::RoomRow& row, PrefixHash hash) {
    Seq at = row.min_seq.prev();
    store::Rows rows = events_.query(room, row.min_seq, row.head);
    while (rows.next()) {
      const wire::Event event = store::event_of(rows, room);
      if (event.seq != at.next()) damaged(room, fmt::format("its log has no seq {}", at.next().value));
      at = event.seq;
      hash = wire::fold(hash, event);
      line_.begin("event");
      write_event(line_, event);
      put();
      ++report_.events;
    }
    if (at != row.head) damaged(room, fmt::format("its log ends at seq {}, its head is {}", at.value, row.head.value));
    return hash;
  }

  [[noreturn]] static void damaged(RoomId room, const std::string& what) {
    refuse(
        fmt::format("room {} is damaged: {}; put a backup in place with starlingctl restore, or export the other "
                    "rooms with --room",
                    room.value, what));
  }
  [[noreturn]] static void broken() {
    refuse(fmt::format("cannot write the export: {}; it is not complete", std::strerror(errno)));
  }

  void put() {
    const std::string_view line = line_.end();
    if (std::fwrite(line.data(), 1, line.size(), out_) != line.size()) broken();
    ++lines_;
  }

  store::Connection* connection_;
  store::Snapshot snapshot_;
  store::LogReader log_;
  store::Statement events_;
  store::Statement versions_;
  Table rooms_;
  Table accounts_;
  std::vector<Table> tables_;
  std::vector<Table> user_tables_;
  std::FILE* out_;
  JsonLine line_;
  std::uint64_t lines_ = 0;
  ExportReport report_;
};

}  // namespace

Result<ExportReport, std::string> export_database(const std::string& path, const ExportPlan& plan, std::FILE* out) {
  try {
    store::Connection connection = store::open_current(path, store::Connection::Mode::ReadOnly, kBusyTimeoutMs);
    return Export(connection, out).run(plan);
  } catch (const store::SqliteError& error) {
    return tl::unexpected(store::explain(error, path));
  }
}

}  // namespace starling::transfer
