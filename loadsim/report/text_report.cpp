#include "loadsim/report/text_report.h"

#include <fmt/format.h>

namespace starling::report {
namespace {

std::string row(std::string_view name, const Histogram& h) {
  if (h.count() == 0) return {};
  return fmt::format("  {:<10} {:>9} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f}\n", name, h.count(), h.quantile_ms(5000),
                     h.quantile_ms(9900), h.quantile_ms(9990), static_cast<double>(h.max()) / 1000);
}

std::string faults(const RunResult& r) {
  std::string out;
  for (const FaultSummary& each : summary(r.faults)) {
    out += fmt::format("  fault {:<16} {} of {} took effect{}\n", users::name_of(each.kind), each.effective,
                       each.injected, each.clients != 0 ? fmt::format(", on {} clients", each.clients) : "");
  }
  for (const FaultOutcome& each : r.faults) {
    if (!each.note.empty()) out += fmt::format("    {}: {} {}\n", to_string(each.fault), each.effect, each.note);
  }
  return out;
}

}  // namespace

std::string text(const RunResult& r) {
  std::string out = fmt::format("{}: {} users, {} workers, {:.1f} s of load on {}\n", r.scenario.name, r.scenario.users,
                                r.workers, r.load_s, r.url);
  out += fmt::format("  {:<10} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "ms", "count", "p50", "p99", "p99.9", "max");
  for (std::size_t i = 0; i < kMetrics; ++i) out += row(name_of(static_cast<Metric>(i)), r.histograms[i]);
  out += fmt::format("  {} sends ({:.1f}/s), {} accepted, {} refused; {} deliveries ({:.1f}/s)\n", r.counters.sends,
                     r.sends_per_s(), r.counters.accepted, r.counters.refused, r.counters.deliveries,
                     r.deliveries_per_s());
  out += fmt::format(
      "  {} without an answer at the end, {} after coming to rest ({:.1f} s): {} of them in the log, {} not\n",
      r.unknown.at_end, r.unknown.after_quiesce, r.quiesce_s, r.unknown.found_committed, r.unknown.found_absent);
  out += fmt::format("  {} rooms and {} events compared with what every device saw\n", r.swept_rooms, r.swept_events);
  if (r.counters.rolled_back != 0) {
    out += fmt::format("  {} acknowledged sends were lost by policy: raised epochs say so\n", r.counters.rolled_back);
  }
  out += faults(r);
  for (const ObjectiveOutcome& o : r.objectives) {
    const auto& goal = users::name_of(o.objective.goal);
    out += fmt::format("  {} {:<22} {:.2f} {} (limit {})\n", o.met ? "met   " : "MISSED", goal.name, o.measured,
                       goal.unit, o.objective.limit);
  }
  for (const std::string& why : r.unfit) out += fmt::format("  UNFIT  {}\n", why);
  for (const std::string& violation : r.violations) out += fmt::format("  VIOLATED {}\n", violation);
  out += fmt::format("verdict: {}{}\n", name_of(r.verdict),
                     r.verdict != Verdict::Pass    ? ""
                     : r.counters.rolled_back != 0 ? " - nothing lost but by policy, nothing doubled, nothing reordered"
                                                   : " - nothing lost, nothing doubled, nothing reordered");
  return out;
}

}  // namespace starling::report
