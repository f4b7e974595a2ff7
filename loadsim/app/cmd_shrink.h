// starling-loadsim shrink: makes the schedule of a failing seed as small as it goes.
#pragma once

#include <CLI/App.hpp>

namespace starling::loadsim {

void add_shrink_command(CLI::App& root, int& exit_code);

}  // namespace starling::loadsim
