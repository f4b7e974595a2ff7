#include "server/transfer/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/base/sort_unique.h"
#include "server/store/postgres/session.h"
#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/migrate.h"
#include "server/transfer/event_line.h"
#include "server/transfer/fields.h"
#include "server/transfer/format.h"
#include "server/transfer/postgres_source.h"
#include "server/transfer/sqlite_source.h"

namespace starling::transfer {
namespace {

std::vector<RoomId> ascending(std::vector<RoomId> rooms) {
  sort_unique(rooms, Source::before<RoomId>);
  return rooms;
}

class Export {
 public:
  Export(Source& source, std::FILE* out) : source_(&source), out_(out) {}

  /// `wanted` as the source was made for them.
  ExportReport run(const ExportPlan& plan, const std::vector<RoomId>& wanted) {
    const std::vector<RoomId> rooms = source_->rooms();
    for (const RoomId room : wanted) {
      if (std::ranges::find(rooms, room) != rooms.end()) continue;
      refuse(fmt::format("there is no room {}: starlingctl room list shows which there are", room.value));
    }
    header(plan, rooms.size());
    source_->each_user([&](UserId each) {
      user(each);
      if (wanted.empty()) keeps(each);
    });
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
    // Columns are named as SQLite's tables name them, whichever database they come from.
    line_.number("schema", store::newest_schema());
    line_.number("made_ms", to_ms(plan.now));
    line_.text("program", plan.program);
    line_.count("rooms", rooms);
    put();
  }

  void user(UserId user) {
    line_.begin("user");
    line_.id("user", user.value);
    for (const std::string_view table : {"users", "accounts"}) {
      source_->each_row(table, user.value, [&](const Source::WriteRow& write) { write(line_); });
    }
    put();
    ++report_.users;
  }

  void keeps(UserId user) {
    for (const std::string_view table : kUserTables) {
      source_->each_row(table, user.value, [&](const Source::WriteRow& write) {
        line_.begin(table);
        line_.id("user", user.value);
        write(line_);
        put();
      });
    }
  }

  void room(RoomId room) {
    const RoomLog log = source_->log(room);
    line_.begin("room");
    line_.id("room", room.value);
    source_->each_row("rooms", room.value, [&](const Source::WriteRow& write) { write(line_); });
    if (log.min_seq.prev()) line_.hash("base_hash", log.base_hash.value);
    line_.hash("prefix_hash", log.hash.value);
    put();
    for (const std::string_view table : kRoomTables) {
      source_->each_row(table, room.value, [&](const Source::WriteRow& write) {
        line_.begin(table);
        write(line_);
        put();
      });
    }
    const PrefixHash hash = events(room, log);
    if (hash != log.hash) damaged(room, "its log is not what its checkpoints say");
    line_.begin("room_end");
    line_.id("room", room.value);
    line_.count("events", log.head.value - log.min_seq.prev().value);
    line_.hash("prefix_hash", hash.value);
    put();
    ++report_.rooms;
  }

  PrefixHash events(RoomId room, const RoomLog& log) {
    Seq at = log.min_seq.prev();
    PrefixHash hash = log.base_hash;
    source_->each_event(room, log.min_seq, log.head, [&](const wire::Event& event) {
      if (event.seq != at.next()) damaged(room, fmt::format("its log has no seq {}", at.next().value));
      at = event.seq;
      hash = wire::fold(hash, event);
      line_.begin("event");
      write_event(line_, event);
      put();
      ++report_.events;
    });
    if (at != log.head) damaged(room, fmt::format("its log ends at seq {}, its head is {}", at.value, log.head.value));
    return hash;
  }

  [[noreturn]] static void damaged(RoomId room, const std::string& what) {
    refuse(fmt::format(
        "room {} is damaged: {}; put a backup in place (docs/OPERATIONS.md), or export the other rooms with "
        "--room",
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

  Source* source_;
  std::FILE* out_;
  JsonLine line_;
  std::uint64_t lines_ = 0;
  ExportReport report_;
};

}  // namespace

Result<ExportReport, std::string> export_sqlite(const std::string& path, const ExportPlan& plan, std::FILE* out) {
  try {
    const std::vector<RoomId> rooms = ascending(plan.rooms);
    SqliteSource source(path, rooms);
    return Export(source, out).run(plan, rooms);
  } catch (const store::SqliteError& error) {
    return tl::unexpected(store::explain(error, path));
  }
}

Result<ExportReport, std::string> export_postgres(const postgres::Databases& databases, const ExportPlan& plan,
                                                  std::FILE* out) {
  try {
    const std::vector<RoomId> rooms = ascending(plan.rooms);
    PostgresSource source(databases, rooms);
    return Export(source, out).run(plan, rooms);
  } catch (const postgres::Failed& failed) {
    return tl::unexpected(failed.error.text);
  } catch (const store::SqliteError& error) {  // as `refuse` says it
    return tl::unexpected(std::string(error.what()));
  }
}

}  // namespace starling::transfer
