// Brings a database's schema up to date: forward only, each migration one transaction, one process at a time.
#pragma once

#include <string>

#include "common/base/result.h"

namespace starling::postgres {

struct OpenError {
  std::string text;     // says what to do
  bool passes = false;  // nobody answers: worth trying again
};

struct MigrationReport {
  int from = 0;  // 0: the database had nothing of ours
  int to = 0;
  /// Of the server: empty, no commit waits for a standby.
  std::string synchronous_standby_names;
};
/// Needs a role that may create a schema only when something is missing.
Result<MigrationReport, OpenError> migrate(const std::string& conninfo);
int newest_schema();

}  // namespace starling::postgres
