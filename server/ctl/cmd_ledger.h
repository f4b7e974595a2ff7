// starlingctl ledger: the log of rooms as lines, for the load simulator's final sweep.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_ledger_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
