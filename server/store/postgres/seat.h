// Who has the place of a node in the view: for the process that has lost it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/base/start_error.h"
#include "server/store/postgres/migrate.h"

namespace starling::postgres {

/// Names all connections that this process makes from now on after its node, for seat_of() and for who looks at
/// pg_stat_activity; an application_name in the conninfo goes before. Before any thread runs.
void name_connections(std::uint16_t node);

struct Seat {
  std::uint64_t boot = 0;
  std::string connections;  // of other processes that say they are that node: name and address; may be empty
};
/// Waits for the database. Nothing: nobody has it.
Result<std::optional<Seat>, StartError> seat_of(const std::string& conninfo, std::uint16_t node, ShardId first);

}  // namespace starling::postgres
