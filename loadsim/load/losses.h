// What raised epochs took back, held against the faults that may do so.
#pragma once

#include "loadsim/report/run_result.h"

namespace starling::load {

/// Acknowledged messages are lost by policy only where a fault has put an older log in place: without one, the epoch hides a
/// loss (G1). And such a fault after which nobody misses what was acknowledged was in vain.
void hold_against_faults(report::RunResult& result);

}  // namespace starling::load
