#include "loadsim/load/losses.h"

#include <gmock/gmock.h>

namespace starling::load {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using users::FaultKind;

report::RunResult run(std::uint64_t rolled_back, std::vector<report::FaultOutcome> faults) {
  report::RunResult result;
  result.counters.rolled_back = rolled_back;
  result.faults = std::move(faults);
  hold_against_faults(result);
  return result;
}

TEST(Losses, AreAllowedWhereAFaultHasLostSomething) {
  const auto result = run(7, {{.fault = {.kind = FaultKind::PgFailoverAsync}, .effect = 12}});
  EXPECT_EQ(0u, result.violation_count);
  EXPECT_EQ(12u, result.faults[0].effect);
}

TEST(Losses, WithoutSuchAFaultAreAViolationThatTheEpochDoesNotHide) {
  for (const report::FaultOutcome& fault :
       {report::FaultOutcome{.fault = {.kind = FaultKind::PgFailoverSync}, .effect = 1},
        report::FaultOutcome{.fault = {.kind = FaultKind::PgFailoverAsync}, .effect = 0}}) {
    const auto result = run(7, {fault});
    EXPECT_EQ(1u, result.violation_count);
    EXPECT_THAT(result.violations, ElementsAre(HasSubstr("G1: 7 acknowledged sends")));
  }
}

TEST(Losses, OfNothingThatWasAcknowledgedAreAFaultInVain) {
  const auto result =
      run(0, {{.fault = {.kind = FaultKind::PgFailoverAsync}, .effect = 3, .note = "events lost"}, {.effect = 1}});
  EXPECT_EQ(0u, result.faults[0].effect);
  EXPECT_THAT(result.faults[0].note, HasSubstr("nothing that was acknowledged is missing (3 events lost)"));
  EXPECT_EQ(1u, result.faults[1].effect);
  EXPECT_EQ(0u, result.violation_count);
}

}  // namespace
}  // namespace starling::load
