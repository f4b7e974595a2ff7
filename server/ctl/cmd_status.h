// starlingctl status: is the server ready, and what is in its database.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_status_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
