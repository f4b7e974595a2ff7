// starlingctl backup: a verified copy, taken while the server runs.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_backup_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
