#include "server/store/postgres/errors.h"

#include <fmt/format.h>

namespace starling::postgres {

Fault fault_of(std::string_view sqlstate) {
  const std::string_view kind = sqlstate.substr(0, 2);
  if (sqlstate == "STR01") return Fault::Unproven;
  if (sqlstate == "53100") return Fault::Full;
  if (sqlstate == "25006") return Fault::Lost;  // what was the primary is one no more
  if (sqlstate == "57014") return Fault::Busy;  // a cancelled statement
  if (kind == "22" || kind == "23" || kind == "54") return Fault::Refused;
  if (kind == "40" || kind == "53" || kind == "55") return Fault::Busy;
  if (kind == "08" || kind == "57" || kind == "25" || sqlstate.empty()) return Fault::Lost;
  return Fault::Broken;
}

std::string explain(std::string_view sqlstate, std::string_view text) {
  switch (fault_of(sqlstate)) {
    case Fault::Full:
      return fmt::format("PostgreSQL has no space left ({}); free some, nothing acknowledged is lost", text);
    case Fault::Unproven:
      return fmt::format(
          "PostgreSQL waits for no standby ({}); set synchronous_standby_names there, or "
          "store.durability = \"local\" here",
          text);
    case Fault::Lost:
      return fmt::format("the connection to PostgreSQL is lost ({}); it is made anew", text);
    case Fault::Broken:
      if (sqlstate == "42501") {
        return fmt::format(
            "PostgreSQL refuses its role the right ({}); give it USAGE on the schema starling and SELECT, "
            "INSERT, UPDATE, DELETE on its tables",
            text);
      }
      if (sqlstate.substr(0, 2) == "42") {
        return fmt::format(
            "the database has another schema than this program needs ({}); restart starlingd, which brings "
            "it up to date",
            text);
      }
      return fmt::format("PostgreSQL failed: {} (SQLSTATE {}); look at its log", text, sqlstate);
    case Fault::Refused:
    case Fault::Busy:
      break;
  }
  return fmt::format("PostgreSQL did not take an operation: {} (SQLSTATE {})", text, sqlstate);
}

}  // namespace starling::postgres
