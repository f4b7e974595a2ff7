#include "server/store/postgres/migrate.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>
#include <utility>

#include "server/store/postgres/limits.h"
#include "server/store/postgres/migrations.h"
#include "server/store/postgres/session.h"

namespace starling::postgres {
namespace {

constexpr int kServerVersionMin = 150000;

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

void check_not_newer(Session& session, int schema) {
  if (schema <= newest_schema()) return;
  refuse(
      fmt::format("the database {} has schema {}, this program knows up to {}: a newer version has been here; install "
                  "that one",
                  session.database(), schema, newest_schema()));
}

/// Until no other process migrates: a node that starts beside the first one has nothing else to do.
void wait_for_turn(Session& session, const Say& say) {
  const auto patience = limits::kMigrationPatience;
  const auto end = std::chrono::steady_clock::now() + patience;
  for (bool told = false; session.run("SELECT pg_try_advisory_xact_lock(6004234345560363852)") != "t";) {
    if (std::chrono::steady_clock::now() > end) {
      throw Failed{
          {fmt::format("another process has been bringing the schema of the database {} up to date for {} s; let "
                       "it end, or look for what it waits for in pg_stat_activity",
                       session.database(), patience.count()),
           true}};
    }
    if (!std::exchange(told, true) && say) {
      say(fmt::format(
          "another process brings the schema of the database {} up to date: waiting for it, for {} s at most",
          session.database(), patience.count()));
    }
    std::this_thread::sleep_for(limits::kMigrationLook);
  }
}

void apply(Session& session, const Migration& migration, const Say& say) {
  session.run("BEGIN");
  wait_for_turn(session, say);
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

MigrationReport bring_up_to_date(const std::string& conninfo, const Say& say) {
  Session session(conninfo);
  check_server(session);
  MigrationReport report{.from = schema_of(session), .to = newest_schema()};
  report.synchronous_standby_names = session.run("SHOW synchronous_standby_names");
  check_not_newer(session, report.from);
  for (const Migration& migration : migrations()) {
    if (migration.number > report.from) apply(session, migration, say);
  }
  return report;
}

}  // namespace

void check_current(Session& session, const Part& part) {
  const int schema = schema_of(session);
  check_not_newer(session, schema);
  if (schema == newest_schema()) return check_part(session, part);
  const std::string has = schema == 0 ? "no schema of Starling yet" : fmt::format("schema {}", schema);
  refuse(fmt::format("the database {} has {}, this program needs {}: starlingctl migrate brings it up to date",
                     session.database(), has, newest_schema()));
}

void analyze(const Databases& databases) {
  try {
    for (const Database& database : databases.all()) {
      Session(database.conninfo)
          .run(
              "SET statement_timeout = 0; SET lock_timeout = 0; "
              "ANALYZE accounts, account_words, users, user_items, rooms, members, direct_rooms, created_rooms, pins, "
              "events, device_pos, checkpoints, read_marks");
    }
  } catch (const Failed&) {
    // All of it is in, and is read as slowly as without this, until PostgreSQL looks by itself.
  }
}

int newest_schema() { return migrations().back().number; }

Result<MigrationReport, StartError> migrate(const std::string& conninfo, const Say& say) {
  try {
    return bring_up_to_date(conninfo, say);
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error);
  }
}

Result<MigrationReport, StartError> prepare(const Database& database, const Say& say) {
  auto migrated = migrate(database.conninfo, say);
  if (!migrated) return migrated;
  if (const auto taken = take_part(database); !taken) return tl::unexpected(taken.error());
  return migrated;
}

}  // namespace starling::postgres
