// starling-loadsim run: a scenario against a real server.
#pragma once

#include <CLI/App.hpp>

namespace starling::loadsim {

/// `exit_code` is set when the command was run.
void add_run_command(CLI::App& app, int& exit_code);

}  // namespace starling::loadsim
