#include "loadsim/report/junit_report.h"

#include <fmt/format.h>

#include "loadsim/report/markup.h"

namespace starling::report {
namespace {

std::string test_case(const RunResult& r, std::string_view name, const std::string& failure) {
  std::string out = fmt::format(R"(  <testcase classname="load.{}" name="{}" time="{:.1f}")", escaped(r.scenario.name),
                                escaped(name), r.load_s);
  if (failure.empty()) return out + "/>\n";
  return out + fmt::format(">\n    <failure message=\"{}\"/>\n  </testcase>\n", escaped(failure));
}

}  // namespace

std::string junit(const RunResult& r) {
  std::string cases =
      test_case(r, "nothing lost, doubled or reordered",
                r.violation_count == 0 ? std::string()
                                       : fmt::format("{} violations; the first: {}", r.violation_count,
                                                     r.violations.empty() ? "?" : r.violations.front()));
  std::size_t failures = r.violation_count != 0 ? 1 : 0;
  for (const ObjectiveOutcome& o : r.objectives) {
    const auto& goal = users::name_of(o.objective.goal);
    cases += test_case(r, goal.name,
                       o.met ? std::string() : fmt::format("{:.2f}, demanded {}", o.measured, o.objective.limit));
    failures += o.met ? 0 : 1;
  }
  cases += test_case(r, "the generator was fit", fmt::format("{}", fmt::join(r.unfit, "; ")));
  failures += r.unfit.empty() ? 0 : 1;
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" "
      "timestamp=\"{}\">\n{}</testsuite>\n",
      escaped(r.scenario.name), r.objectives.size() + 2, failures, r.started, cases);
}

}  // namespace starling::report
