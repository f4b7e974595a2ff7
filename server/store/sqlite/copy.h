// A copy of a database under load: one snapshot of it, in one file.
#pragma once

#include <string>

#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Writers of `source` go on meanwhile; its WAL is not cut before the copy has ended. Throws; `to` may be left half made.
void copy_database(Connection& source, const std::string& to);

}  // namespace starling::store
