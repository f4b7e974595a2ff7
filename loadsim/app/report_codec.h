// A run's report as bytes, for the pipe between a worker and its parent: same machine, same program.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "loadsim/sim/run.h"

namespace starling::loadsim {

std::string to_bytes(const sim::RunReport& report);
/// Takes the first report off the front; nothing when it has not come whole.
std::optional<sim::RunReport> take_report(std::string& bytes);

}  // namespace starling::loadsim
