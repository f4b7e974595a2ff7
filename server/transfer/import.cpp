#include "server/transfer/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <vector>

#include "server/store/sqlite/account_rows.h"
#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/migrate.h"
#include "server/transfer/format.h"
#include "server/transfer/import_room.h"
#include "server/transfer/line_file.h"

namespace starling::transfer {
namespace {

constexpr int kBusyTimeoutMs = 5000;
constexpr int kCacheKib = 64 * 1024;
/// Rows that share a transaction: by then its fsync costs a thousandth of its time. A larger room has one of its own.
constexpr std::uint64_t kRowsPerTransaction = 100'000;

class Import {
 public:
  Import(store::Connection& connection, const ImportPlan& plan)
      : connection_(&connection),
        plan_(plan),
        savepoints_(connection),
        room_(connection),
        accounts_(connection, "accounts", kProfileColumns),
        people_(connection),
        versions_(
            connection,
            "INSERT INTO users (user_id, rooms_version, items_version) VALUES (?1, ?2 + 1, ?3) ON CONFLICT DO UPDATE "
            "SET rooms_version = max(rooms_version, excluded.rooms_version), "
            "items_version = max(items_version, excluded.items_version)") {
    for (const std::string_view name : kUserTables) {
      if (Table table(connection, name); table.exists()) user_tables_.push_back(std::move(table));
    }
    if (!plan.resume && !plan.add && connection.number("SELECT EXISTS (SELECT 1 FROM rooms)") != 0) {
      refuse(
          "the database has rooms: import into an empty one; --resume goes on with an import that was broken off, "
          "--add puts rooms beside others");
    }
  }

  void take(std::string_view line) {
    ++lines_;
    const boost::json::value* parsed = parse(line);
    const auto* object = parsed != nullptr ? parsed->if_object() : nullptr;
    if (object == nullptr) refuse("it is no JSON object: the file is cut off, or no export");
    Fields fields(*object);
    const std::string_view type = fields.text("type");
    if (lines_ == 1 && type != "header") refuse("it is no header: the file is no export");
    if (ended_) refuse("it follows the last line");
    if (type == "event") {
      if (!room_.open()) refuse("it is of no room");
      room_.event(fields);
      return grew();
    }
    if (type == "header") return header(fields);
    if (type == "user") return user(fields);
    if (type == "room") return room(fields);
    if (type == "room_end") return room_end(fields);
    if (type == "end") return end(fields);
    if (const auto kept = std::ranges::find(user_tables_, type, &Table::name); kept != user_tables_.end()) {
      return keep(*kept, fields);
    }
    if (!room_.open() || !room_.row(type, fields)) {
      refuse(fmt::format("its type \"{}\" is unknown to this program: install a newer one", type));
    }
    grew();
  }

  std::uint64_t lines() const { return lines_; }
  const ImportReport& report() const { return committed_; }

  void finish() {
    if (!ended_) refuse("the file is cut off: its last line is missing");
    commit();
  }
  /// After an error: the rooms before it stay.
  void give_up() {
    savepoint_.reset();
    if (!connection_->in_transaction()) return;
    const bool whole_rooms = report_.rooms + report_.rooms_existing > committed_.rooms + committed_.rooms_existing;
    if (whole_rooms) return commit();
    connection_->rollback();
  }

 private:
  const boost::json::value* parse(std::string_view line) {
    value_.reset();  // its memory is used again
    parser_.reset(boost::json::make_shared_resource<boost::json::monotonic_resource>(buffer_.data(), buffer_.size()));
    boost::json::error_code error;
    parser_.write(line.data(), line.size(), error);
    if (!error) parser_.finish(error);
    if (error) return nullptr;
    value_.emplace(parser_.release());
    return &*value_;
  }

  void header(Fields& fields) {
    if (lines_ != 1) refuse("it is a second header");
    const std::uint64_t format = fields.u64("format");
    const std::uint64_t schema = fields.u64("schema");
    if (format != kFormat) {
      refuse(fmt::format(
          "the file has format {}, this program reads {}: use the starlingctl that wrote it, or a newer one", format,
          kFormat));
    }
    if (schema > static_cast<std::uint64_t>(store::newest_schema())) {
      refuse(fmt::format("the file was written from schema {}, this program knows up to {}: install a newer one",
                         schema, store::newest_schema()));
    }
  }

  void user(Fields& fields) {
    if (room_.open()) refuse("a user stands in a room");
    begin();
    const std::uint64_t user = fields.u64("user");
    if (user == 0) refuse("its user has no number");
    const std::uint64_t version = fields.u64_or("rooms_version", 1);
    versions_.run(user, version, fields.u64_or("items_version", 0));
    bool profile = false;
    for (const std::string_view column : kProfileColumns) profile = profile || fields.has(column);
    if (profile && accounts_.exists()) {
      // Somebody who is there already keeps what they call themselves now.
      if (!accounts_.insert("user_id", user, fields, plan_.resume || plan_.add)) ++report_.profiles_existing;
      people_.index(UserId(user));
    } else if (profile) {
      ++report_.profiles_dropped;
    }
    // A foreign profile may say more than accounts hold.
    for (const std::string_view column : kProfileColumns) fields.pass(column);
    fields.done();
    ++report_.users;
    grew();
  }

  void keep(Table& table, Fields& fields) {
    if (room_.open()) refuse("what a user keeps stands in a room");
    begin();
    // Somebody who is there already keeps theirs.
    table.insert("user_id", fields.u64("user"), fields, plan_.resume || plan_.add);
    fields.done();
    grew();
  }

  void room(Fields& fields) {
    if (room_.open()) refuse(fmt::format("room {} has not ended", room_.room().value));
    begin();
    savepoint_.emplace(savepoints_);
    made_ = room_.begin(fields, plan_.resume);
  }

  void room_end(Fields& fields) {
    if (!room_.open()) refuse("it ends no room");
    const std::uint64_t events = room_.end(fields);
    savepoint_->release();
    savepoint_.reset();
    total_events_ += events;
    ++total_rooms_;
    if (made_) {
      ++report_.rooms;
      report_.events += events;
    } else {
      ++report_.rooms_existing;
    }
    if (pending_ >= kRowsPerTransaction) commit();
  }

  void end(Fields& fields) {
    if (room_.open()) refuse(fmt::format("room {} has not ended", room_.room().value));
    if (fields.u64("lines") != lines_ || fields.u64("rooms") != total_rooms_ || fields.u64("events") != total_events_ ||
        fields.u64("users") != report_.users) {
      refuse("it counts other lines, rooms, users or events than there were: the file is damaged");
    }
    ended_ = true;
  }

  void begin() {
    if (!connection_->in_transaction()) connection_->exec("BEGIN IMMEDIATE");
  }
  void grew() { ++pending_; }
  void commit() {
    if (connection_->in_transaction()) connection_->exec("COMMIT");
    pending_ = 0;
    committed_ = report_;
  }

  store::Connection* connection_;
  ImportPlan plan_;
  store::SavepointStatements savepoints_;
  ImportRoom room_;
  Table accounts_;
  store::AccountRows people_;
  store::Statement versions_;
  std::vector<Table> user_tables_;
  std::optional<store::Savepoint> savepoint_;

  std::array<unsigned char, 1 << 14> buffer_;
  boost::json::stream_parser parser_;
  std::optional<boost::json::value> value_;

  bool made_ = false;
  bool ended_ = false;
  std::uint64_t lines_ = 0;
  std::uint64_t pending_ = 0;
  std::uint64_t total_rooms_ = 0;
  std::uint64_t total_events_ = 0;
  ImportReport report_;
  ImportReport committed_;
};

std::string in_place(const ImportReport& report) {
  if (report.rooms + report.rooms_existing == 0) return "nothing of it is in the database";
  return fmt::format("the {} rooms before it are in the database: with a whole file, --resume goes on after them",
                     report.rooms + report.rooms_existing);
}

}  // namespace

Result<ImportReport, ImportError> import_lines(const std::string& path, const ImportPlan& plan, const Feed& feed) {
  if (auto migrated = store::migrate(path); !migrated) return tl::unexpected(ImportError{.text = migrated.error()});
  try {
    store::Connection connection({.path = path, .busy_timeout_ms = kBusyTimeoutMs, .cache_kib = kCacheKib});
    store::make_durable(connection);
    connection.exec("PRAGMA wal_autocheckpoint = 4096");  // nobody else moves it: no server runs
    Import import(connection, plan);
    bool taking = false;  // else it is the source of the lines that failed
    try {
      feed([&](std::string_view line) {
        taking = true;
        import.take(line);
        taking = false;
      });
      import.finish();
    } catch (const store::SqliteError& error) {
      std::string text = store::explain(error, path);
      import.give_up();
      if (taking) text = fmt::format("line {}: {}", import.lines(), text);
      if (import.lines() > 0) text = fmt::format("{}; {}", text, in_place(import.report()));
      return tl::unexpected(ImportError{.text = std::move(text), .done = import.report()});
    }
    return import.report();
  } catch (const store::SqliteError& error) {
    return tl::unexpected(ImportError{.text = store::explain(error, path)});
  }
}

Result<ImportReport, ImportError> import_file(const std::string& path, const ImportPlan& plan,
                                              const std::string& file) {
  auto lines = LineFile::open(file, kLineBytesMax);
  if (!lines) return tl::unexpected(ImportError{.text = lines.error()});
  if (file != "-" && !lines->last_line().starts_with("{\"type\":\"end\"")) {
    return tl::unexpected(
        ImportError{.text = "it is cut off, or no export: its last line is not the end that an export writes; nothing "
                            "was imported, take the export again"});
  }
  return import_lines(path, plan, [&](const TakeLine& take) {
    std::string_view line;
    while (lines->next(line)) take(line);
    if (!lines->error().empty()) refuse(lines->error());
  });
}

}  // namespace starling::transfer
