#include "loadsim/sim/ensemble.h"

#include <algorithm>

namespace starling::sim {
namespace {

std::string line(std::string_view name, std::initializer_list<std::uint64_t> counts) {
  std::string text = "  " + std::string(name);
  text.resize(std::max<std::size_t>(text.size() + 1, 28), ' ');
  for (const std::uint64_t count : counts) {
    const std::string number = std::to_string(count);
    text.append(number.size() < 12 ? 12 - number.size() : 1, ' ');
    text += number;
  }
  return text + "\n";
}

}  // namespace

/// batch_bisect and dup_in_batch are reached by the store's own tests: the model has no row that a database refuses, and a
/// home does not put a repeat into the batch that holds its original.
bool Ensemble::beyond_reach(Probe probe) const {
  switch (probe) {
    case Probe::batch_bisect:
    case Probe::dup_in_batch:
      return true;
    case Probe::cancel_syncwait_seen:
    case Probe::barrier_waited:
    case Probe::page_of_a_standby:
    case Probe::replica_below_floor:
    case Probe::readonly_primary:
    case Probe::lock_timeout:
      return store_ == StoreKind::Embedded;
    default:
      return false;
  }
}

void Ensemble::add(const RunReport& report) {
  inputs_.push_back(report.inputs);
  total_inputs_ += report.inputs;
  violations_ += report.violations;
  for (std::size_t i = 0; i < kProbeCount; ++i) probes_[i] += report.probes[i];
  for (std::size_t i = 0; i < users::kFaultKinds; ++i) {
    tallies_[i].injected += report.tallies[i].injected;
    tallies_[i].effective += report.tallies[i].effective;
  }
}

std::uint64_t Ensemble::median_inputs() const {
  if (inputs_.empty()) return 0;
  std::vector<std::uint64_t> sorted = inputs_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

std::vector<std::string_view> Ensemble::probes_missed() const {
  std::vector<std::string_view> missed;
  for (std::size_t i = 0; i < kProbeCount; ++i) {
    const auto probe = static_cast<Probe>(i);
    if (probes_[i] == 0 && !beyond_reach(probe)) missed.push_back(name_of(probe));
  }
  return missed;
}

std::vector<std::string_view> Ensemble::vain_faults() const {
  std::vector<std::string_view> vain;
  for (std::size_t i = 0; i < users::kFaultKinds; ++i) {
    if (tallies_[i].injected != 0 && tallies_[i].effective == 0)
      vain.push_back(users::name_of(static_cast<users::FaultKind>(i)));
  }
  return vain;
}

std::string Ensemble::table() const {
  std::string text = "probe                              reached\n";
  for (std::size_t i = 0; i < kProbeCount; ++i) {
    const auto probe = static_cast<Probe>(i);
    if (!beyond_reach(probe)) text += line(name_of(probe), {probes_[i]});
  }
  text += "fault                             injected   effective\n";
  for (std::size_t i = 0; i < users::kFaultKinds; ++i) {
    text += line(users::name_of(static_cast<users::FaultKind>(i)), {tallies_[i].injected, tallies_[i].effective});
  }
  return text;
}

}  // namespace starling::sim
