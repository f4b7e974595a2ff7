// starlingctl invite: invitations to the server, in its database.
#pragma once

#include <CLI/App.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {

void add_invite_command(CLI::App& root, Options& options);

}  // namespace starling::ctl
