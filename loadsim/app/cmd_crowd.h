// starling-loadsim crowd: a scenario's users by the million, on simulated servers.
#pragma once

#include <CLI/App.hpp>

namespace starling::loadsim {

/// `exit_code` is set when the command was given.
void add_crowd_command(CLI::App& root, int& exit_code);

}  // namespace starling::loadsim
