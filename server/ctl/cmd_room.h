// starlingctl room show: one room as the database has it.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_room_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
