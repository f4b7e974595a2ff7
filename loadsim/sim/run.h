// One seed from beginning to end: load with faults, healing, little load, none, rest, sweep.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/probe.h"
#include "loadsim/sim/context.h"

namespace starling::sim {

struct RunReport {
  std::uint64_t seed = 0;
  std::uint64_t inputs = 0;  // to shards and engines
  std::uint64_t trace = 0;
  Duration lasted{};  // virtual
  ProbeCounts probes{};
  FaultTallies tallies{};
  std::uint64_t violations = 0;
  std::vector<check::Violation> first;
};

/// `recording` is filled, when there is one; it changes nothing in the run.
RunReport run(const Options& options, Recording* recording = nullptr);

}  // namespace starling::sim
