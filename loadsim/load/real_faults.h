// Which faults of the grammar the real world can do.
#pragma once

#include <string>
#include <vector>

#include "loadsim/users/faults/fault.h"

namespace starling::load {

/// With what a run can reach the server's nodes.
struct Hands {
  std::size_t nodes = 0;  // that there are
  bool spawned = false;   // the coordinator has started them
  bool injector = false;  // a program does it
};

/// Why the schedule cannot be carried out, one line a fault; empty when it can.
std::vector<std::string> impossible(const std::vector<users::Fault>& faults, const Hands& hands);

}  // namespace starling::load
