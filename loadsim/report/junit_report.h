// A run as JUnit XML, for build servers: one case a promise of the scenario.
#pragma once

#include <string>

#include "loadsim/report/run_result.h"

namespace starling::report {

std::string junit(const RunResult& result);

}  // namespace starling::report
