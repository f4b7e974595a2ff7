// starlingctl token mint: access tokens, one a line.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_token_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
