// The options of a run as text, so that a run can be printed, edited, shrunk and committed:
//
//   seed 0x9F12
//   knob shards=3 rooms=6 batch_events_max=3
//   knob actions=0 say=420       (nothing else is done)
//   @8s kill n1
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "loadsim/sim/options.h"

namespace starling::sim {

/// All that differs from Options{}. parse_options reads it back.
std::string to_text(const Options& options);
Result<Options, users::FaultError> parse_options(std::string_view text);

/// The names of those that differ from Options{}; the weights of the actions are none of them.
std::vector<std::string_view> unusual_knobs(const Options& options);
void make_usual(Options& options, std::string_view knob);

}  // namespace starling::sim
