// A database as lines: users, then every room with its members, counters and log.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "server/store/postgres/part.h"

namespace starling::transfer {

struct ExportPlan {
  std::vector<RoomId> rooms;  // empty: all
  WallTime now;
  std::string program;  // "starlingctl 0.1.0"
};
struct ExportReport {
  std::uint64_t users = 0;
  std::uint64_t rooms = 0;
  std::uint64_t events = 0;
};

/// One snapshot of each database, beside running servers. Each room's log is folded on its way out: a damaged one ends the export without its
/// last line. The same log gives the same lines, whatever database it is in. The error says what to do.
Result<ExportReport, std::string> export_sqlite(const std::string& path, const ExportPlan& plan, std::FILE* out);
Result<ExportReport, std::string> export_postgres(const postgres::Databases& databases, const ExportPlan& plan,
                                                  std::FILE* out);

}  // namespace starling::transfer
