// A scenario in the simulated world: the same people, faults, checks and report as against a real server, in made-up time.
#pragma once

#include <string>
#include <vector>

#include "loadsim/report/run_result.h"
#include "loadsim/sim/options.h"

namespace starling::sim {

struct ScenarioRun {
  users::Scenario scenario;
  std::uint64_t seed = 1;
  std::uint16_t nodes = 1;
  std::uint16_t shards = 2;  // of each
  StoreKind store = StoreKind::Embedded;
};

/// What a simulated world cannot be asked for, a line each.
std::vector<std::string> impossible(const ScenarioRun& run);

/// A function of its argument, but for the date that it was started at.
report::RunResult run(const ScenarioRun& run);

}  // namespace starling::sim
