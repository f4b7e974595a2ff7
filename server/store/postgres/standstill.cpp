#include "server/store/postgres/standstill.h"

#include <fmt/format.h>

namespace starling::postgres {

void stand_still(Session& session) {
  if (session.ask("SELECT pg_try_advisory_xact_lock($1)", Params().add(kNodesLock)).flag(0, 0)) return;
  const std::string others = session.run(
      "SELECT string_agg(DISTINCT application_name || coalesce(' at ' || host(client_addr), ''), ', ') "
      "FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE datname = current_database() AND locktype = 'advisory' "
      "AND mode = 'ShareLock'");
  if (others.empty()) refuse("another import or raise-epochs runs on this database; let it end, then run this again");
  refuse(fmt::format(
      "{} is connected; stop every node (systemctl stop 'starlingd@*' on each machine), then run this again", others));
}

Standstill::Standstill(const std::string& conninfo) : session_(conninfo) {
  session_.run("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0");
  stand_still(session_);
}

}  // namespace starling::postgres
