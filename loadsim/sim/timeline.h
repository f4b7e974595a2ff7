// From the recording of a run to the picture of what went wrong in it: which messages, where they went, and what is missing.
#pragma once

#include "loadsim/report/timeline.h"
#include "loadsim/sim/recording.h"
#include "loadsim/sim/run.h"

namespace starling::sim {

/// The message that the violation names and a few before it in its room; without a violation the last ones.
report::Timeline timeline_of(const Recording& recording, const Options& options, const RunReport& report);

}  // namespace starling::sim
