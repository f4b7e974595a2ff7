// Runs seeds in child processes: on several cores, and so that a seed that trips an assertion fails alone.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "loadsim/sim/run.h"

namespace starling::loadsim {

struct SeedRange {
  std::uint64_t from = 1;
  std::uint64_t count = 1;
};

/// `work` runs in a child for each number of the range; `done` in this process, in the order of completion, until it
/// returns false. A child that dies, or takes more than `patience_s` of CPU for one, leaves a report with a violation that says so.
/// False when no child could be started; the reason is in errno.
bool for_each_seed(SeedRange range, unsigned jobs, unsigned patience_s,
                   const std::function<sim::RunReport(std::uint64_t)>& work,
                   const std::function<bool(const sim::RunReport&)>& done);

}  // namespace starling::loadsim
