// starling-loadsim sim: the exact simulator, seed after seed.
#pragma once

#include <CLI/App.hpp>

namespace starling::loadsim {

/// `exit_code` is set when the command was given.
void add_sim_command(CLI::App& root, int& exit_code);

}  // namespace starling::loadsim
