// Are a database's pages sound? Without its indexes' contents, and beside a running server.
#pragma once

#include <string>

#include "common/base/result.h"

namespace starling::store {

/// The error says what is wrong, or why it cannot be told.
Result<void, std::string> quick_check(const std::string& path);

}  // namespace starling::store
