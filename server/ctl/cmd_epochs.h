// starlingctl raise-epochs: a cluster's database has lost something, and clients are to be told.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_raise_epochs_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
