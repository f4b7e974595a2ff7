// Is a database what its own numbers say? Throws what is wrong with it.
#pragma once

#include <string>

#include "server/store/sqlite/backup.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

BackupReport verify(Connection& connection, const std::string& path);

}  // namespace starling::store
