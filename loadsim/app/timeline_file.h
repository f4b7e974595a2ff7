// A run and the page of what happened in it.
#pragma once

#include <optional>
#include <string>

#include "loadsim/sim/run.h"

namespace starling::loadsim {

/// Nothing when the page cannot be written; the reason is on stderr.
std::optional<sim::RunReport> run_drawn(const sim::Options& options, const std::string& path);

}  // namespace starling::loadsim
