#include "loadsim/load/real_faults.h"

namespace starling::load {

using users::FaultKind;

namespace {

bool is_done_to_clients(FaultKind kind) { return hits_clients(kind) && kind != FaultKind::ClientClone; }

}  // namespace

bool hits_server(FaultKind kind) {
  return kind == FaultKind::Kill || kind == FaultKind::Restart || kind == FaultKind::Pause || kind == FaultKind::Drain;
}

std::vector<std::string> impossible(const std::vector<users::Fault>& faults, std::size_t nodes) {
  std::vector<std::string> lines;
  for (const users::Fault& fault : faults) {
    const std::string line = "'" + to_string(fault) + "': ";
    if (hits_server(fault.kind) && nodes == 0) {
      lines.push_back(line + "only a server that this program started can be hit: add --spawn");
    } else if (hits_server(fault.kind) && fault.node > nodes) {
      lines.push_back(line + (nodes == 1 ? "there is one node, n1" : "there are n1 to n" + std::to_string(nodes)) +
                      "; each --config is one");
    } else if (!hits_server(fault.kind) && !is_done_to_clients(fault.kind) && fault.kind != FaultKind::Heal) {
      lines.push_back(
          line + "only the simulator can do this; here there are kill, restart, pause, drain, cut, client.crash, " +
          "client.slow, client.offline and heal");
    }
  }
  return lines;
}

}  // namespace starling::load
