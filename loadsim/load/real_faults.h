// Which faults of the grammar the real world can do.
#pragma once

#include <string>
#include <vector>

#include "loadsim/users/faults/fault.h"

namespace starling::load {

/// It happens to the server's process, so the coordinator must have started it.
bool hits_server(users::FaultKind kind);

/// Why the schedule cannot be carried out, one line a fault; empty when it can. `nodes`: how many the coordinator starts.
std::vector<std::string> impossible(const std::vector<users::Fault>& faults, std::size_t nodes);

}  // namespace starling::load
