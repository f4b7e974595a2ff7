// starlingctl retention: cuts old events off the fronts of rooms' logs.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_retention_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
