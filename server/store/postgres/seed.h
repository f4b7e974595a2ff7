// A seed plan (server/store/seed_plan.h) carried out in PostgreSQL.
#pragma once

#include <string>

#include "common/base/result.h"
#include "server/store/seed_plan.h"

namespace starling::postgres {

/// Repeating it changes nothing. The error says what to do.
Result<store::SeedReport, std::string> seed(const std::string& conninfo, const store::SeedPlan& plan);

}  // namespace starling::postgres
