// starlingctl room list, members and show: rooms as the database has them.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_room_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
