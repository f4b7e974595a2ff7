// starlingctl migrate: makes a database, or brings its schema up to date.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_migrate_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
