#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loadsim/report/html_report.h"
#include "loadsim/report/json_report.h"
#include "loadsim/report/junit_report.h"
#include "loadsim/report/run_result.h"
#include "loadsim/report/svg_plot.h"

namespace starling::report {
namespace {

using testing::HasSubstr;
using testing::Not;

RunResult result(std::vector<users::Objective> objectives = {}) {
  RunResult made;
  made.scenario.name = "a <b> \"c\"";
  made.scenario.objectives = std::move(objectives);
  made.load_s = 10;
  made.after_load.deliveries = 1000;
  for (int i = 0; i < 100; ++i) made.histograms[static_cast<std::size_t>(Metric::Delivery)].record(2000);
  return made;
}

TEST(Verdict, ARunWithoutDemandsPasses) {
  RunResult r = result();
  judge(r);
  EXPECT_EQ(0, exit_code(r.verdict));
}

TEST(Verdict, AnObjectiveIsMissedAboveAMaximumAndBelowAMinimum) {
  RunResult high = result({{users::Goal::P99Ms, 1.5}});
  judge(high);
  EXPECT_EQ(2, exit_code(high.verdict));
  RunResult low = result({{users::Goal::DeliveriesPerSMin, 101}});
  judge(low);
  EXPECT_EQ(2, exit_code(low.verdict));
  RunResult met = result({{users::Goal::P99Ms, 2.1}, {users::Goal::DeliveriesPerSMin, 100}});
  judge(met);
  EXPECT_EQ(0, exit_code(met.verdict));
}

TEST(Verdict, WhatWasNotMeasuredWasNotMet) {
  RunResult r = result({{users::Goal::OutageP99Ms, 1e9}});
  judge(r);
  EXPECT_EQ(Verdict::ObjectiveMissed, r.verdict);
}

TEST(Verdict, AViolationOutweighsAnUnfitGeneratorAndThatAMissedObjective) {
  RunResult r = result({{users::Goal::P99Ms, 0.001}});
  r.counters.dropped = 1;
  judge(r);
  EXPECT_EQ(4, exit_code(r.verdict));
  r = result({{users::Goal::P99Ms, 0.001}});
  r.counters.dropped = 1;
  r.violation_count = 1;
  judge(r);
  EXPECT_EQ(3, exit_code(r.verdict));
}

TEST(Verdict, ALateGeneratorIsUnfit) {
  RunResult r = result();
  r.histograms[static_cast<std::size_t>(Metric::TimerLag)].record(60'000);
  judge(r);
  EXPECT_EQ(Verdict::Unfit, r.verdict);
}

TEST(Verdict, AFaultThatNeverBitProvesNothing) {
  RunResult r = result();
  r.faults = {{.fault = {.at = std::chrono::seconds(5), .kind = users::FaultKind::Kill, .node = 1},
               .effect = 0,
               .note = "n1 does not run"}};
  judge(r);
  EXPECT_EQ(Verdict::Unfit, r.verdict);
  ASSERT_EQ(1u, r.unfit.size());
  EXPECT_THAT(r.unfit[0], HasSubstr("'@5s kill n1' never took effect: n1 does not run"));
  EXPECT_THAT(json(r), HasSubstr(R"({"fault":"@5s kill n1","effect":0,"note":"n1 does not run"})"));
}

TEST(Faults, AreSummedUpByKind) {
  const users::Fault kill{.kind = users::FaultKind::Kill};
  const users::Fault cut{.kind = users::FaultKind::Cut};
  const auto kinds =
      summary({{.fault = kill, .effect = 1}, {.fault = cut, .effect = 30, .on_clients = true}, {.fault = kill}});
  ASSERT_EQ(2u, kinds.size());
  EXPECT_EQ(2u, kinds[0].injected);
  EXPECT_EQ(1u, kinds[0].effective);
  EXPECT_EQ(0u, kinds[0].clients);
  EXPECT_EQ(30u, kinds[1].clients);
}

TEST(Reports, TextIsEscapedForWhereItStands) {
  RunResult r = result();
  judge(r);
  EXPECT_THAT(html(r), HasSubstr("a &lt;b&gt; &quot;c&quot;"));
  EXPECT_THAT(junit(r), HasSubstr("a &lt;b&gt; &quot;c&quot;"));
  EXPECT_THAT(json(r), HasSubstr(R"("run":"a <b> \"c\"")"));
  EXPECT_EQ("\"\\u000a\\\\\"", json_text("\n\\"));
}

TEST(Reports, APageNeedsNothingElse) {
  const std::string page = html(result());
  EXPECT_THAT(page, Not(HasSubstr("http")));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme:dark"));
}

TEST(Plots, LieWithinTheirBox) {
  const std::string plot =
      line_plot({"s"}, {"ms", true}, {{.name = "a", .points = {{0, 0.5}, {1, 0}, {2, 4000}}}}, {{1, "kill"}});
  EXPECT_THAT(plot, HasSubstr("<svg"));
  EXPECT_THAT(plot, Not(HasSubstr("nan")));
  EXPECT_THAT(plot, Not(HasSubstr("inf")));
  EXPECT_THAT(line_plot({"s"}, {"ms", true}, {{.name = "a"}}), HasSubstr("nothing was measured"));
}

TEST(Plots, NumbersAreShort) {
  EXPECT_EQ("0.5", short_number(0.5));
  EXPECT_EQ("20", short_number(20));
  EXPECT_EQ("1.5k", short_number(1500));
  EXPECT_EQ("2M", short_number(2e6));
}

}  // namespace
}  // namespace starling::report
