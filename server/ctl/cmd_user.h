// starlingctl user: accounts, in the database, beside a running server or without one.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_user_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
