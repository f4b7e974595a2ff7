// starlingctl seed: rooms and members for demos and load runs.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_seed_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
