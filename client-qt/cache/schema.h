// The cache's tables: forward-only steps, numbered by SQLite's user_version.
#pragma once

#include "common/sqlite/sqlite.h"

namespace starling::qt {

/// Brings the file to this program's version. Throws SqliteError; with kNewerSchema when the file is from a later one.
void migrate(sqlite::Connection& connection);

inline constexpr int kNewerSchema = -2;

}  // namespace starling::qt
