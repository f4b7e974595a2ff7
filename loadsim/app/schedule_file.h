// A run's options in a file, as `sim --print` and `shrink` write them.
#pragma once

#include <optional>
#include <string>

#include "loadsim/sim/options.h"

namespace starling::loadsim {

/// Nothing when there is none that can be read; the reason is on stderr.
std::optional<sim::Options> read_schedule(const std::string& path);

}  // namespace starling::loadsim
