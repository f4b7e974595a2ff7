// The option that chooses what the simulated server keeps its rooms in.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "common/base/mutant.h"
#include "loadsim/sim/options.h"

namespace starling::loadsim {

/// --store embedded|postgres
void add_store_option(CLI::App& command, sim::StoreKind& store);
/// " --store postgres" for a command that shows the same again; empty for what is chosen without the option.
std::string store_words(sim::StoreKind store);
/// Where a planted bug can show.
sim::StoreKind store_for(Mutant bug);

}  // namespace starling::loadsim
