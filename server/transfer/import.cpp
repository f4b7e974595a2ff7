#include "server/transfer/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "server/store/postgres/session.h"
#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/migrate.h"
#include "server/transfer/format.h"
#include "server/transfer/import_room.h"
#include "server/transfer/line_file.h"
#include "server/transfer/postgres_target.h"
#include "server/transfer/sqlite_target.h"

namespace starling::transfer {
namespace {

/// Rows that share a transaction: by then its fsync costs a thousandth of its time. A larger room has one of its own.
constexpr std::uint64_t kRowsPerTransaction = 100'000;

class Import {
 public:
  Import(Target& target, const ImportPlan& plan) : target_(&target), plan_(plan), room_(target) {
    if (!plan.resume && !plan.add && target.has_rooms()) {
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
    if (std::ranges::find(kUserTables, type) != kUserTables.end()) return keep(type, fields);
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
    target_->complete();
  }
  /// After an error: the rooms before it stay.
  void give_up() {
    target_->undo_room();
    if (!target_->in_transaction()) return;
    if (has_whole_rooms()) return commit();
    target_->rollback();
  }

 private:
  /// That are not committed yet.
  bool has_whole_rooms() const {
    return report_.rooms + report_.rooms_existing > committed_.rooms + committed_.rooms_existing;
  }

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
    begin_alone();
    const std::uint64_t user = fields.u64("user");
    if (user == 0) refuse("its user has no number");
    const std::uint64_t version = fields.u64_or("rooms_version", 1);
    target_->put_versions(UserId(user), version, fields.u64_or("items_version", 0));
    bool profile = false;
    for (const std::string_view column : kProfileColumns) profile = profile || fields.has(column);
    if (profile) {
      // Somebody who is there already keeps what they call themselves now.
      if (!target_->put_row("accounts", user, fields, plan_.resume || plan_.add)) ++report_.profiles_existing;
      target_->index(UserId(user));
    }
    // A foreign profile may say more than accounts hold.
    for (const std::string_view column : kProfileColumns) fields.pass(column);
    fields.done();
    ++report_.users;
    grew();
  }

  void keep(std::string_view table, Fields& fields) {
    if (room_.open()) refuse("what a user keeps stands in a room");
    begin_alone();
    // Somebody who is there already keeps theirs.
    target_->put_row(table, fields.u64("user"), fields, plan_.resume || plan_.add);
    fields.done();
    grew();
  }

  void room(Fields& fields) {
    if (room_.open()) refuse(fmt::format("room {} has not ended", room_.room().value));
    target_->begin();
    target_->begin_room();
    made_ = room_.begin(fields, plan_.resume);
  }

  void room_end(Fields& fields) {
    if (!room_.open()) refuse("it ends no room");
    const std::uint64_t events = room_.end(fields);
    target_->keep_room();
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

  /// What is not undone alone takes no whole room with it.
  void begin_alone() {
    if (has_whole_rooms()) commit();
    target_->begin();
  }
  void grew() { ++pending_; }
  void commit() {
    target_->commit();
    pending_ = 0;
    committed_ = report_;
  }

  Target* target_;
  ImportPlan plan_;
  ImportRoom room_;

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

std::unique_ptr<Target> open(const Destination& to) {
  if (!to.conninfo.empty()) return std::make_unique<PostgresTarget>(postgres::Databases(to.conninfo, to.rooms));
  if (auto migrated = store::migrate(to.path); !migrated) refuse(migrated.error());
  return std::make_unique<SqliteTarget>(to.path);
}

/// What `step` throws, in words; empty: nothing.
std::string fault_of(const Destination& to, const std::function<void()>& step) {
  try {
    step();
    return {};
  } catch (const store::SqliteError& error) {
    return store::explain(error, to.path);
  } catch (const postgres::Failed& failed) {
    return failed.error.text;
  }
}

}  // namespace

Result<ImportReport, ImportError> import_lines(const Destination& to, const ImportPlan& plan, const Feed& feed) {
  std::unique_ptr<Target> target;
  std::optional<Import> import;
  std::string fault = fault_of(to, [&] {
    target = open(to);
    import.emplace(*target, plan);
  });
  if (!fault.empty()) return tl::unexpected(ImportError{.text = std::move(fault)});
  bool taking = false;  // else it is the source of the lines that failed
  fault = fault_of(to, [&] {
    feed([&](std::string_view line) {
      taking = true;
      import->take(line);
      taking = false;
    });
    import->finish();
  });
  if (fault.empty()) return import->report();
  if (taking) fault = fmt::format("line {}: {}", import->lines(), fault);
  const std::string lost = fault_of(to, [&] { import->give_up(); });
  if (!lost.empty()) fault = fmt::format("{}; {}", fault, lost);
  if (import->lines() > 0) fault = fmt::format("{}; {}", fault, in_place(import->report()));
  return tl::unexpected(ImportError{.text = std::move(fault), .done = import->report()});
}

Result<ImportReport, ImportError> import_file(const Destination& to, const ImportPlan& plan, const std::string& file) {
  auto lines = LineFile::open(file, kLineBytesMax);
  if (!lines) return tl::unexpected(ImportError{.text = lines.error()});
  if (file != "-" && !lines->last_line().starts_with("{\"type\":\"end\"")) {
    return tl::unexpected(
        ImportError{.text = "it is cut off, or no export: its last line is not the end that an export writes; nothing "
                            "was imported, take the export again"});
  }
  return import_lines(to, plan, [&](const TakeLine& take) {
    std::string_view line;
    while (lines->next(line)) take(line);
    if (!lines->error().empty()) refuse(lines->error());
  });
}

}  // namespace starling::transfer
