// A seed plan (server/store/seed_plan.h) carried out in PostgreSQL.
#pragma once

#include <string>

#include "common/base/result.h"
#include "server/store/postgres/part.h"
#include "server/store/seed_plan.h"

namespace starling::postgres {

/// Repeating it changes nothing. The error says what to do.
Result<store::SeedReport, std::string> seed(const Databases& databases, const store::SeedPlan& plan);

}  // namespace starling::postgres
