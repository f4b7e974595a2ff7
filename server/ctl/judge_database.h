// What a PostgreSQL server says of itself to findings: does it keep what the nodes promise, and has it room for them? Pure.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "server/app/config.h"
#include "server/ctl/finding.h"
#include "server/store/postgres/checkup.h"
#include "server/store/postgres/verify.h"

namespace starling::ctl {

/// Is it reached, and is what is in it ours?
Finding judge_database(const Result<postgres::Checkup, std::string>& found);
Finding judge_durability(const postgres::Checkup& found, app::Durability configured);
Finding judge_checksums(const postgres::Checkup& found);
Finding judge_rights(const postgres::Checkup& found);
Finding judge_connections(const postgres::Checkup& found, const app::Config& config);
Finding judge_clocks(const postgres::Checkup& found);
Finding judge_logs(const Result<postgres::LogsChecked, std::string>& checked);

}  // namespace starling::ctl
