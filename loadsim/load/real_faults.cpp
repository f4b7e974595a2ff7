#include "loadsim/load/real_faults.h"

#include <algorithm>
#include <array>

namespace starling::load {

using users::Fault;
using users::FaultKind;

namespace {

constexpr std::array kOfClients{FaultKind::Cut, FaultKind::ClientCrash, FaultKind::ClientSlow,
                                FaultKind::ClientOffline};
constexpr std::array kOfProcesses{FaultKind::Kill, FaultKind::Restart, FaultKind::Pause, FaultKind::Drain};
/// What an injector may be asked for besides.
constexpr std::array kOfClusters{FaultKind::BusCut,         FaultKind::BusDrop,         FaultKind::PgRestart,
                                 FaultKind::PgFailoverSync, FaultKind::PgFailoverAsync, FaultKind::PgCancelSyncwait,
                                 FaultKind::StoreLostReply, FaultKind::StoreFull,       FaultKind::RedisFlush,
                                 FaultKind::RedisDown,      FaultKind::RedisFailover,   FaultKind::ClockStep,
                                 FaultKind::ClockDrift};

bool is_in(const auto& kinds, FaultKind kind) { return std::ranges::find(kinds, kind) != kinds.end(); }

std::string names(const auto& kinds) {
  std::string text;
  for (const FaultKind kind : kinds) text += std::string(name_of(kind)) + ", ";
  return text;
}

/// Empty: it can be done.
std::string why_not(const Fault& fault, const Hands& hands) {
  if (fault.kind == FaultKind::Heal || is_in(kOfClients, fault.kind)) return {};
  const bool of_cluster = is_in(kOfClusters, fault.kind);
  if (!of_cluster && !is_in(kOfProcesses, fault.kind)) {
    return "only the simulator can do this; here there are " + names(kOfClients) + names(kOfProcesses) +
           "with an injector also " + names(kOfClusters) + "and heal";
  }
  if (of_cluster && !hands.injector) return "this needs a program that can do it: add --injector (./dev chaos has one)";
  if (!hands.spawned && !hands.injector) {
    return "only a server that this program started can be hit: add --spawn";
  }
  if (std::max(fault.node, fault.to) > hands.nodes) {
    return (hands.nodes == 1 ? "there is one node, n1" : "there are n1 to n" + std::to_string(hands.nodes)) +
           "; each --config is one";
  }
  return {};
}

}  // namespace

std::vector<std::string> impossible(const std::vector<Fault>& faults, const Hands& hands) {
  std::vector<std::string> lines;
  for (const Fault& fault : faults) {
    if (const std::string why = why_not(fault, hands); !why.empty())
      lines.push_back("'" + to_string(fault) + "': " + why);
  }
  return lines;
}

}  // namespace starling::load
