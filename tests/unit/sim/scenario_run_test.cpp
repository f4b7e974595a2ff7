#include "loadsim/sim/scenario_run.h"

#include <gmock/gmock.h>

#include "loadsim/report/json_report.h"

namespace starling::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using users::Action;

users::Persona talker() {
  users::Persona persona{.name = "talker", .think = 500ms};
  persona.weights[static_cast<std::size_t>(Action::Send)] = 3;
  persona.weights[static_cast<std::size_t>(Action::Typing)] = 1;
  return persona;
}

ScenarioRun ten_talkers() {
  ScenarioRun run{.seed = 3};
  run.scenario = {.name = "ten", .users = 10, .ramp = 1s, .duration = 20s, .personas = {talker()}};
  run.scenario.rooms = {.count = 4, .members = 5};
  return run;
}

std::uint64_t done(const report::RunResult& result, Action action) {
  return result.counters.actions[static_cast<std::size_t>(action)];
}

TEST(ScenarioRun, EverybodyDoesWhatTheScenarioDrawsForThem) {
  const ScenarioRun ten = ten_talkers();
  std::uint64_t sends = 0;
  std::uint64_t typing = 0;
  for (std::uint32_t user = 0; user < ten.scenario.users; ++user) {
    Duration at{};
    for (std::uint64_t n = 0;; ++n) {
      const users::Step step = users::nth_step(ten.scenario.personas.front(), ten.seed, user, n);
      if ((at += step.wait) > ten.scenario.duration) break;
      ++(step.action == Action::Send ? sends : typing);
    }
  }
  const report::RunResult result = run(ten);
  EXPECT_EQ(result.verdict, report::Verdict::Pass) << (result.violations.empty() ? "" : result.violations.front());
  EXPECT_EQ(done(result, Action::Send), sends);
  EXPECT_EQ(done(result, Action::Typing), typing);
  EXPECT_EQ(result.counters.sends, sends);
  EXPECT_EQ(result.counters.accepted, sends);
  // Each message is shown to the five of its room, and is one event of four rooms founded by five.
  EXPECT_EQ(result.of(report::Metric::Delivery).count(), 5 * sends);
  EXPECT_EQ(result.of(report::Metric::Ack).count(), sends);
  EXPECT_EQ(result.swept_events, 4 * 5 + sends);
}

TEST(ScenarioRun, IsAFunctionOfItsSeed) {
  ScenarioRun ten = ten_talkers();
  ten.scenario.faults = {{.at = 5s, .kind = users::FaultKind::Kill, .node = 1},
                         {.at = 6s, .kind = users::FaultKind::Restart, .node = 1},
                         {.at = 9s, .kind = users::FaultKind::ClientCrash, .permille = 500}};
  const report::RunResult result = run(ten);
  EXPECT_EQ(result.verdict, report::Verdict::Pass);
  EXPECT_EQ(result.of(report::Metric::Outage).count(), 10u) << "the node's death is an outage to everybody";
  EXPECT_GT(result.counters.crashes, 0u);
  ASSERT_EQ(result.faults.size(), 3u);
  for (const report::FaultOutcome& fault : result.faults) EXPECT_GT(fault.effect, 0u) << to_string(fault.fault);
  EXPECT_EQ(report::json(result), report::json(run(ten)));
  ++ten.seed;
  EXPECT_NE(report::json(result), report::json(run(ten)));
}

TEST(ScenarioRun, AFaultThatHitsNothingMakesTheRunUnfit) {
  ScenarioRun ten = ten_talkers();
  ten.scenario.faults = {{.at = 5s, .kind = users::FaultKind::Restart, .node = 1}};
  const report::RunResult result = run(ten);
  EXPECT_EQ(result.verdict, report::Verdict::Unfit);
  EXPECT_THAT(result.unfit, ElementsAre(HasSubstr("restart n1")));
}

TEST(ScenarioRun, SaysWhatItCannotBeAskedFor) {
  ScenarioRun ten = ten_talkers();
  ten.scenario.faults = {{.at = 5s, .kind = users::FaultKind::Kill, .node = 3}};
  EXPECT_THAT(impossible(ten), ElementsAre(HasSubstr("--nodes 3")));
}

TEST(ScenarioRun, WhoStallsReadsNothingAndHasEverythingInTheEnd) {
  ScenarioRun ten = ten_talkers();
  ten.scenario.personas.push_back({.name = "stuck", .stall_at = 2s, .stall = 10s});
  const report::RunResult result = run(ten);
  EXPECT_EQ(result.verdict, report::Verdict::Pass) << (result.violations.empty() ? "" : result.violations.front());
  EXPECT_GE(result.of(report::Metric::Delivery).max(), 8'000'000u) << "microseconds: what came while they read nothing";
}

}  // namespace
}  // namespace starling::sim
