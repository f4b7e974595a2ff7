// Options drawn from a seed: population, habits, latencies, limits made small on purpose, and which faults strike when. Each
// class of faults is in or out by itself, because what is left out matters as much as what is in.
#pragma once

#include <cstdint>

#include "loadsim/sim/options.h"

namespace starling::sim {

Options swarm(std::uint64_t seed, StoreKind store = StoreKind::Embedded);

}  // namespace starling::sim
