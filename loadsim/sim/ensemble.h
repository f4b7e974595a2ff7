// Many seeds added up: what was found, which rare paths were reached, and which faults made a difference. A probe that no
// seed reached and a fault that never mattered are failures too: what is not reached is not tested.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loadsim/sim/run.h"

namespace starling::sim {

class Ensemble {
 public:
  /// `store`: of all runs; nothing: some have the one, some the other.
  explicit Ensemble(std::optional<StoreKind> store) : store_(store) {}
  void add(const RunReport& report);

  std::uint64_t seeds() const { return inputs_.size(); }
  std::uint64_t violations() const { return violations_; }
  std::uint64_t inputs() const { return total_inputs_; }
  std::uint64_t median_inputs() const;

  /// Probes that a simulation with such a store can reach and none did.
  std::vector<std::string_view> probes_missed() const;
  /// Faults that were injected, and never with an effect.
  std::vector<std::string_view> vain_faults() const;
  /// Everything counted, a line each.
  std::string table() const;

 private:
  bool beyond_reach(Probe probe) const;

  std::optional<StoreKind> store_;
  std::vector<std::uint64_t> inputs_;
  std::uint64_t total_inputs_ = 0;
  std::uint64_t violations_ = 0;
  ProbeCounts probes_{};
  FaultTallies tallies_{};
};

}  // namespace starling::sim
