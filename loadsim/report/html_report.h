// A run as one HTML page that needs nothing else: styles and plots are in it, no script, light and dark.
#pragma once

#include <string>

#include "loadsim/report/run_result.h"

namespace starling::report {

std::string html(const RunResult& result);

}  // namespace starling::report
