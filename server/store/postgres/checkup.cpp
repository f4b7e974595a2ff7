#include "server/store/postgres/checkup.h"

#include "server/store/postgres/migrate.h"
#include "server/store/postgres/session.h"

namespace starling::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

std::string text_of(const Rows& rows, int column) { return std::string(rows.bytes(0, column)); }

void look_at_server(Session& session, Checkup& found) {
  const Rows row = session.ask(
      "SELECT current_setting('server_version'), current_database()::text, current_user::text, "
      "current_setting('server_encoding'), current_setting('data_checksums')::boolean, "
      "current_setting('fsync')::boolean AND current_setting('full_page_writes')::boolean, "
      "has_database_privilege(current_database(), 'CREATE')");
  found.version = text_of(row, 0);
  found.database = text_of(row, 1);
  found.role = text_of(row, 2);
  found.encoding = text_of(row, 3);
  found.checksums = row.flag(0, 4);
  found.syncs = row.flag(0, 5);
  found.may_create = row.flag(0, 6);
}

/// "a", "FIRST 2 (a, b, c)", "ANY 1 (a, b)" and "1 (a, b)" are names; of who follows, a role without rights sees that there is
/// somebody, and nothing of him.
void look_at_standbys(Session& session, Checkup& found) {
  const Rows row = session.ask(
      "SELECT names, CASE WHEN names = '' THEN 0 ELSE "
      "coalesce(substring(names from '(?i)^\\s*(?:any|first)?\\s*(\\d+)\\s*\\(')::bigint, 1) END, "
      "(SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum', 'potential')), "
      "EXISTS (SELECT FROM pg_stat_replication WHERE state IS NULL) "
      "FROM current_setting('synchronous_standby_names') AS names");
  found.synchronous_standby_names = text_of(row, 0);
  found.standbys_awaited = row.u64(0, 1);
  found.standbys_there = row.u64(0, 2);
  found.standbys_hidden = row.flag(0, 3);
}

/// The nodes have this role, so it sees the names of their connections. This one is nobody's.
void look_at_connections(Session& session, Checkup& found) {
  const Rows row = session.ask(
      "SELECT current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint - "
      "coalesce(current_setting('reserved_connections', true)::bigint, 0), "
      "greatest((SELECT sum(numbackends)::bigint FROM pg_stat_database) - 1 - (SELECT count(*) FROM pg_stat_activity "
      "WHERE application_name ~ '^(search of )?starlingd node '), 0)");
  found.connections_max = row.u64(0, 0);
  found.connections_others = row.u64(0, 1);
}

void look_at_clock(Session& session, Checkup& found) {
  const auto asked = system_clock::now();
  const Rows row = session.ask("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
  const auto middle = asked + (system_clock::now() - asked) / 2;
  found.clock_ahead = milliseconds(row.i64(0, 0)) - std::chrono::duration_cast<milliseconds>(middle.time_since_epoch());
}

void look_at_schema(Session& session, Checkup& found) {
  found.has_schema = session.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'starling'") != 0;
  if (!found.has_schema) return;
  found.rights_missing = session.run(
      "SELECT concat_ws(', ', CASE WHEN NOT has_schema_privilege(to_regnamespace('starling')::oid, 'USAGE') THEN "
      "'the schema starling' END, string_agg(relname::text, ', ' ORDER BY relname)) FROM pg_class WHERE "
      "relnamespace = to_regnamespace('starling')::oid AND relkind IN ('r', 'p') AND NOT relispartition AND NOT "
      "(has_table_privilege(oid, 'SELECT') AND (relname = 'migrations' OR (has_table_privilege(oid, 'INSERT') AND "
      "has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))))");
}

void look_at_log(Session& session, const Part& part, Checkup& found) {
  try {
    check_current(session, part);
  } catch (const Failed& failed) {
    found.schema_fault = failed.error.text;
    return;
  }
  const Rows row = session.ask(
      "SELECT count(*), coalesce(sum(head - min_seq + 1), 0)::bigint, pg_database_size(current_database()) FROM rooms");
  found.schema = newest_schema();
  found.rooms = row.u64(0, 0);
  found.events = row.u64(0, 1);
  found.bytes = row.u64(0, 2);
}

}  // namespace

Result<Checkup, std::string> check_up(const Database& database) {
  try {
    Session session(database.conninfo);
    session.run("SET statement_timeout = 0");
    Checkup found;
    look_at_server(session, found);
    look_at_standbys(session, found);
    look_at_connections(session, found);
    look_at_clock(session, found);
    look_at_schema(session, found);
    look_at_log(session, database.part, found);
    return found;
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error.text);
  }
}

}  // namespace starling::postgres
