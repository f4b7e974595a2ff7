// The log for an operator, also while servers write it.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "server/store/postgres/part.h"

namespace starling::postgres {

/// The log as server/store/ledger_lines.h has it, all of a database as of one moment on its primary. A room that does not exist
/// is left out. Empty `rooms`: all.
Result<void, std::string> dump_ledger(const Databases& databases, const std::vector<RoomId>& rooms, std::FILE* out);

}  // namespace starling::postgres
