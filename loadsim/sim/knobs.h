// The options of a run as text, so that a run can be printed, edited, shrunk and committed:
//
//   seed 0x9F12
//   knob shards=3 rooms=6 batch_events_max=3
//   @8s kill n1
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "loadsim/sim/options.h"

namespace starling::sim {

/// All that differs from Options{}. parse_options reads it back.
std::string to_text(const Options& options);
Result<Options, users::FaultError> parse_options(std::string_view text);

}  // namespace starling::sim
