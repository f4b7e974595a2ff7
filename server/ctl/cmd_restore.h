// starlingctl restore: a backup becomes the database.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_restore_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
