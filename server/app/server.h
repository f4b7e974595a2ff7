// One server process from start to end: opens what the configuration names, serves, drains on SIGTERM or SIGINT.
#pragma once

#include <string>

#include "server/app/config.h"

namespace starling::app {

/// Returns the process's exit code (exit_codes.h). `port_file` may be empty.
int run_server(const Config& config, const std::string& port_file);

}  // namespace starling::app
