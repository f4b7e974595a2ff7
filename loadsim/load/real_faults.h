// Which faults of the grammar the real world can do.
#pragma once

#include <string>
#include <vector>

#include "loadsim/users/faults/fault.h"

namespace starling::load {

/// It happens to the server's process, so the coordinator must have started it.
bool hits_server(users::FaultKind kind);

/// Why the schedule cannot be carried out, one line a fault; empty when it can. `spawned`: the coordinator starts the
/// server.
std::vector<std::string> impossible(const std::vector<users::Fault>& faults, bool spawned);

}  // namespace starling::load
