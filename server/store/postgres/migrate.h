// Brings a database's schema up to date: forward only, each migration one transaction, one process at a time.
#pragma once

#include <functional>
#include <string>

#include "common/base/result.h"
#include "common/base/start_error.h"
#include "server/store/postgres/part.h"

namespace starling::postgres {

class Session;

struct MigrationReport {
  int from = 0;  // 0: the database had nothing of ours
  int to = 0;
  /// Of the server: empty, no commit waits for a standby.
  std::string synchronous_standby_names;
};
/// A line for the log.
using Say = std::function<void(const std::string& line)>;
/// Needs a role that may create a schema only when something is missing. Waits while another process migrates.
Result<MigrationReport, StartError> migrate(const std::string& conninfo, const Say& say = {});
/// The same, and an empty database becomes what it is to hold; another one has to hold that.
Result<MigrationReport, StartError> prepare(const Database& database, const Say& say = {});
/// For who works on a database without bringing it up to date: throws Failed, which says what to do, unless its schema is
/// this program's, and it holds what is said.
void check_current(Session& session, const Part& part = {});
int newest_schema();
/// After much has come in at once. PostgreSQL looks at it by itself only a minute later, and until then may read all of an
/// index for one room of it. Only for speed: a failure is none of the caller's.
void analyze(const Databases& databases);

}  // namespace starling::postgres
