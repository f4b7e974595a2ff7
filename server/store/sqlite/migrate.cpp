#include "server/store/sqlite/migrate.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/migrations.h"

namespace starling::store {
namespace {

namespace fs = std::filesystem;

/// "STRL": tells a Starling database from anybody else's.
constexpr std::int64_t kApplicationId = 0x5354524C;
constexpr int kBusyTimeoutMs = 5000;

/// Errors with a whole explanation of their own.
[[noreturn]] void refuse(const std::string& text) { throw SqliteError(kExplained, text); }

void check_version(const std::string& path, int version) {
  if (version <= newest_schema()) return;
  refuse(
      fmt::format("{} has schema {}, this program knows up to {}: it was written by a newer version; install that one, "
                  "or restore a backup from before the upgrade",
                  path, version, newest_schema()));
}

[[noreturn]] void refuse_stranger(const std::string& path) {
  refuse(fmt::format("{} is the database of another program; set the store's path to another file", path));
}

void apply(Connection& connection, const Migration& migration) {
  connection.exec("BEGIN IMMEDIATE");
  // Another process may have been faster.
  if (connection.number("PRAGMA user_version") < migration.number) {
    connection.exec(migration.sql);
    connection.exec(fmt::format("PRAGMA user_version = {}", migration.number).c_str());
    connection.exec(fmt::format("PRAGMA application_id = {}", kApplicationId).c_str());
  }
  connection.exec("COMMIT");
}

}  // namespace

int newest_schema() { return migrations().back().number; }

MigrationReport migrate(Connection& connection, const std::string& path) {
  MigrationReport report{.from = static_cast<int>(connection.number("PRAGMA user_version")), .to = newest_schema()};
  const std::int64_t id = connection.number("PRAGMA application_id");
  const bool empty = id == 0 && connection.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (id != kApplicationId && !empty) refuse_stranger(path);
  check_version(path, report.from);
  for (const Migration& migration : migrations()) {
    if (migration.number > report.from) apply(connection, migration);
  }
  return report;
}

void check_schema(Connection& connection, const std::string& path) {
  if (connection.number("PRAGMA application_id") != kApplicationId) refuse_stranger(path);
  const auto version = static_cast<int>(connection.number("PRAGMA user_version"));
  check_version(path, version);
  if (version < newest_schema()) {
    refuse(fmt::format("{} has schema {}, this program reads {}: run starlingctl migrate", path, version,
                       newest_schema()));
  }
}

Connection open_current(const std::string& path, Connection::Mode mode, int busy_timeout_ms) {
  if (std::error_code error; fs::status(path, error).type() == fs::file_type::not_found) {
    refuse(fmt::format(
        "there is no database {} yet: starlingctl migrate makes it, and so does starlingd when it starts", path));
  }
  Connection connection({.path = path, .mode = mode, .busy_timeout_ms = busy_timeout_ms});
  check_schema(connection, path);
  return connection;
}

Result<MigrationReport, std::string> migrate(const std::string& path) {
  try {
    Connection connection({.path = path, .mode = Connection::Mode::Create, .busy_timeout_ms = kBusyTimeoutMs});
    make_durable(connection);
    return migrate(connection, path);
  } catch (const SqliteError& error) {
    return tl::unexpected(explain(error, path));
  }
}

}  // namespace starling::store
