// A run as the terminal shows it.
#pragma once

#include <string>

#include "loadsim/report/run_result.h"

namespace starling::report {

std::string text(const RunResult& result);

}  // namespace starling::report
