// starlingctl import: lines of an export become rooms.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_import_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
