#include "server/store/postgres/raise_epochs.h"

#include <fmt/format.h>

#include "server/store/postgres/migrate.h"
#include "server/store/postgres/session.h"
#include "server/store/postgres/standstill.h"

namespace starling::postgres {
namespace {

void check_schema(Session& session) {
  if (!session.run("SELECT to_regclass('starling.rooms')").empty()) return;
  refuse(
      fmt::format("the database {} has no schema starling, so there is no log whose epochs could be raised; check "
                  "host and database of store.postgres",
                  session.database()));
}

EpochsRaised raise(Session& session, std::uint64_t by) {
  session.run("BEGIN");
  session.run("SET LOCAL lock_timeout = 0");
  session.run("SET LOCAL statement_timeout = 0");
  session.run("SET LOCAL synchronous_commit = local");
  check_schema(session);
  stand_still(session);  // what a node knows from the other history must not reach this one
  session.ask("SELECT raise_epochs($1::bigint)", Params().add(by));
  const Rows left = session.ask("SELECT count(*), coalesce(sum(head), 0)::bigint FROM rooms");
  session.run("COMMIT");
  return {.rooms = left.u64(0, 0), .events = left.u64(0, 1)};
}

}  // namespace

Result<EpochsRaised, std::string> raise_epochs(const std::string& conninfo, std::uint64_t by) {
  try {
    Session session(conninfo);
    return raise(session, by);
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error.text);
  }
}

}  // namespace starling::postgres
