// Brings a database's schema up to date: forward only, each migration one transaction.
#pragma once

#include <string>

#include "common/base/result.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

struct MigrationReport {
  int from = 0;  // 0: the file was new
  int to = 0;
};
/// A file that is absent or empty gets the whole schema. The error says what to do.
Result<MigrationReport, std::string> migrate(const std::string& path);

/// The same on an open connection; throws.
MigrationReport migrate(Connection& connection, const std::string& path);
/// For whoever does not make a database: throws when there is none, or it has another schema.
Connection open_current(const std::string& path, Connection::Mode mode, int busy_timeout_ms);
/// The same of an open connection: throws unless the file is a Starling database of a schema that this program reads as
/// it is.
void check_schema(Connection& connection, const std::string& path);
int newest_schema();

}  // namespace starling::store
