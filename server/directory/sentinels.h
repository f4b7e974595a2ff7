// Asks Redis' sentinels where the server is.
#pragma once

#include <string>

#include "common/base/result.h"
#include "server/directory/config.h"

namespace starling::directory {

/// The first answer; or why there is none, and what to do. Waits, for each of them limits::kSentinelPatience at most, and for the resolver where
/// it has a name.
Result<Address, std::string> ask_sentinels(const Config& config);

}  // namespace starling::directory
