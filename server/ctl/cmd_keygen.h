// starlingctl keygen: the keys that sign tokens and tickets, and the one of a node on the bus.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_keygen_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
