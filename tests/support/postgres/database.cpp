#include "tests/support/postgres/database.h"

#include <fmt/format.h>

#include <stdexcept>

#include "server/store/postgres/migrate.h"
#include "tests/support/postgres/cluster.h"

namespace starling::support {
namespace {

/// Anything above the tests that run at a time.
constexpr int kSlots = 64;

constexpr const char* kClear = R"sql(
  DO $$
  DECLARE t text;
  BEGIN
    FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'starling'::regnamespace AND relkind IN ('r', 'p')
        AND NOT relispartition AND relname NOT IN ('migrations', 'cluster', 'history', 'part') LOOP
      EXECUTE format('DELETE FROM starling.%I', t);
    END LOOP;
    UPDATE starling.cluster SET last_view = 0, kept_at = now();
    UPDATE starling.history SET number = 1;
  END $$)sql";

/// Of whoever had it before.
constexpr const char* kForgetPart = R"sql(
  UPDATE starling.part SET kind = 0, number = 0, parts = 0;
  ALTER TABLE starling.rooms DISABLE TRIGGER USER;
  ALTER TABLE starling.members DISABLE TRIGGER USER)sql";

}  // namespace

Sql::Sql(const std::string& conninfo) : connection_(PQconnectdb(conninfo.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
  run("SET search_path = starling, public");
  run("SET client_min_messages = warning");
}

std::string Sql::run(const std::string& sql) {
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  const std::unique_ptr<PGresult, Clear> result(PQexec(connection_.get(), sql.c_str()));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    throw std::runtime_error(fmt::format("{}: {}", sql, PQerrorMessage(connection_.get())));
  }
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

Database::Database() : claims_(shared_conninfo("postgres")) {
  int slot = 0;
  while (claims_.run(fmt::format("SELECT pg_try_advisory_lock({})", slot)) != "t") {
    if (++slot == kSlots) throw std::runtime_error("all databases are taken");
  }
  const std::string name = fmt::format("slot{}", slot);
  if (claims_.run(fmt::format("SELECT 1 FROM pg_database WHERE datname = '{}'", name)).empty()) {
    claims_.run(fmt::format("CREATE DATABASE {} TEMPLATE template0", name));
  }
  conninfo_ = shared_conninfo(name);
  if (const auto migrated = postgres::migrate(conninfo_); !migrated) throw std::runtime_error(migrated.error().text);
  sql_ = std::make_unique<Sql>(conninfo_);
  sql_->run(kForgetPart);
  clear();
}

void Database::clear() { sql_->run(kClear); }

}  // namespace starling::support
