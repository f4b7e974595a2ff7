// A seed plan (server/store/seed_plan.h) carried out in SQLite.
#pragma once

#include <string>

#include "common/base/result.h"
#include "server/store/seed_plan.h"

namespace starling::store {

/// Repeating it changes nothing. The error says what to do.
Result<SeedReport, std::string> seed(const std::string& path, const SeedPlan& plan);

}  // namespace starling::store
