// A retention plan (server/store/retention_plan.h) carried out in a database file.
#pragma once

#include <string>

#include "common/base/result.h"
#include "server/store/retention_plan.h"

namespace starling::store {

/// Beside a running server, in slices of a few milliseconds with pauses between them. Each moves rooms.min_seq, keeps the
/// fold below it as a checkpoint and deletes what is before, in one transaction: broken off, it has cut less. The error says
/// what to do.
Result<RetentionReport, std::string> cut_logs(const std::string& path, const RetentionPlan& plan);

}  // namespace starling::store
