#include "server/store/postgres/migrate.h"

#include <fmt/format.h>

#include <utility>

#include "server/store/postgres/migrations.h"
#include "server/store/postgres/session.h"

namespace starling::postgres {
namespace {

constexpr int kServerVersionMin = 150000;

[[noreturn]] void refuse(std::string text) { throw Failed{{std::move(text), false}}; }

void check_server(Session& session) {
  if (session.server_version() < kServerVersionMin) {
    refuse(fmt::format("PostgreSQL is version {}, this program needs {} or later", session.server_version() / 10000,
                       kServerVersionMin / 10000));
  }
  if (const std::string encoding = session.run("SHOW server_encoding"); encoding != "UTF8") {
    refuse(fmt::format(
        "the database {} is encoded in {}; make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0",
        session.database(), encoding));
  }
}

/// 0: there is nothing of ours.
int schema_of(Session& session) {
  if (session.run("SELECT to_regclass('starling.migrations')").empty()) {
    if (session.number("SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('starling')") != 0) {
      refuse(
          fmt::format("the schema starling of the database {} is of another program; name another database in "
                      "store.postgres",
                      session.database()));
    }
    return 0;
  }
  return session.number("SELECT coalesce(max(number), 0) FROM starling.migrations");
}

void apply(Session& session, const Migration& migration) {
  session.run("BEGIN");
  session.run("SELECT pg_advisory_xact_lock(6004234345560363852)");
  session.run("SET LOCAL lock_timeout = 0");
  session.run("SET LOCAL statement_timeout = 0");
  // Another process may have been faster.
  if (schema_of(session) < migration.number) {
    session.run("CREATE SCHEMA IF NOT EXISTS starling");
    session.run(
        "CREATE TABLE IF NOT EXISTS starling.migrations (number integer PRIMARY KEY, applied timestamptz NOT NULL)");
    session.run(Literal::of(migration));
    session.run("INSERT INTO starling.migrations SELECT coalesce(max(number), 0) + 1, now() FROM starling.migrations");
  }
  session.run("COMMIT");
}

MigrationReport bring_up_to_date(const std::string& conninfo) {
  Session session(conninfo);
  check_server(session);
  MigrationReport report{.from = schema_of(session), .to = newest_schema()};
  report.synchronous_standby_names = session.run("SHOW synchronous_standby_names");
  if (report.from > report.to) {
    refuse(fmt::format(
        "the database {} has schema {}, this program knows up to {}: a newer version has been here; install "
        "that one",
        session.database(), report.from, report.to));
  }
  for (const Migration& migration : migrations()) {
    if (migration.number > report.from) apply(session, migration);
  }
  return report;
}

}  // namespace

int newest_schema() { return migrations().back().number; }

Result<MigrationReport, OpenError> migrate(const std::string& conninfo) {
  try {
    return bring_up_to_date(conninfo);
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error);
  }
}

}  // namespace starling::postgres
