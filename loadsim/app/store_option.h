// The option that chooses what the simulated server keeps its rooms in.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "common/base/mutant.h"
#include "loadsim/sim/options.h"

namespace starling::loadsim {

/// What --store says; nothing: each seed has one of the two, so that many have both.
using StoreChoice = std::optional<sim::StoreKind>;
void add_store_option(CLI::App& command, StoreChoice& choice,
                      const std::string& otherwise = "embedded for odd seeds, postgres for even ones");
sim::StoreKind store_of(std::uint64_t seed, StoreChoice choice);
/// " --store postgres" for a command that shows the same again; empty without a choice.
std::string store_words(StoreChoice choice);
/// Where a planted bug can show, or shows from each start.
sim::StoreKind store_for(Mutant bug);

}  // namespace starling::loadsim
