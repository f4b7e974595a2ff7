// starlingctl doctor: what is wrong with this machine, this configuration and this database, and what mends it.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_doctor_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
