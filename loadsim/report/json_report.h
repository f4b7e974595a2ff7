// A run as one line of JSON, for scripts.
#pragma once

#include <string>

#include "loadsim/report/run_result.h"

namespace starling::report {

std::string json(const RunResult& result);
/// A JSON string with its quotes.
std::string json_text(std::string_view text);

}  // namespace starling::report
