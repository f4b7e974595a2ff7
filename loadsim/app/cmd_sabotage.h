// starling-loadsim sabotage: plants one bug after the other and counts the seeds until a check finds it.
#pragma once

#include <CLI/App.hpp>

namespace starling::loadsim {

void add_sabotage_command(CLI::App& root, int& exit_code);

}  // namespace starling::loadsim
