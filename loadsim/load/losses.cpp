#include "loadsim/load/losses.h"

#include <fmt/format.h>

#include "loadsim/check/violation.h"

namespace starling::load {

void hold_against_faults(report::RunResult& result) {
  const std::uint64_t rolled_back = result.counters.rolled_back;
  bool declared = false;
  for (report::FaultOutcome& each : result.faults) {
    if (each.fault.kind != users::FaultKind::PgFailoverAsync || each.effect == 0) continue;
    declared = true;
    if (rolled_back != 0) continue;
    each.note = fmt::format("nothing that was acknowledged is missing ({} {})", each.effect, each.note);
    each.effect = 0;
  }
  if (rolled_back == 0 || declared) return;
  ++result.violation_count;
  result.violations.push_back(check::to_string(
      {.guarantee = check::Guarantee::G1_AckedIsDurable,
       .text = fmt::format("{} acknowledged sends were taken back by a raised epoch, and no fault has lost them",
                           rolled_back)}));
}

}  // namespace starling::load
