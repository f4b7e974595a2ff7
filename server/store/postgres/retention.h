// A retention plan (server/store/retention_plan.h) carried out in PostgreSQL.
#pragma once

#include <string>

#include "common/base/result.h"
#include "server/store/postgres/part.h"
#include "server/store/retention_plan.h"

namespace starling::postgres {

/// Beside running nodes, in slices with pauses between them, each one transaction: broken off, it has cut less. The error
/// says what to do.
Result<store::RetentionReport, std::string> cut_logs(const Databases& databases, const store::RetentionPlan& plan);

}  // namespace starling::postgres
