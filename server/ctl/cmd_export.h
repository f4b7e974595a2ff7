// starlingctl export: the database as lines that another server, or anybody's program, can read.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_export_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
