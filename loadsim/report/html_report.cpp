#include "loadsim/report/html_report.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "loadsim/report/html_style.h"
#include "loadsim/report/markup.h"
#include "loadsim/report/svg_plot.h"

namespace starling::report {
namespace {

/// Bars of the histogram: eight buckets each, eight bars an octave.
constexpr std::size_t kBucketsPerBar = 8;

std::string tile(const std::string& value, std::string_view what) {
  return fmt::format("<div class=tile><b>{}</b><span>{}</span></div>", escaped(value), escaped(what));
}

/// "4.3 ms", "870 ms", "12.4 s".
std::string time_text(double ms) {
  if (ms >= 10'000) return fmt::format("{:.1f} s", ms / 1000);
  return ms >= 100 ? fmt::format("{:.0f} ms", ms) : fmt::format("{:.1f} ms", ms);
}

/// Three digits that count.
std::string ms_cell(double ms) {
  return ms >= 100 ? fmt::format("<td>{:.0f}</td>", ms) : fmt::format("<td>{:.2f}</td>", ms);
}

std::string legend(const std::vector<Series>& series) {
  std::string out = "<p class=legend>";
  for (const Series& each : series) out += fmt::format("<i class=s{}></i>{}", each.colour, escaped(each.name));
  return out + "</p>";
}

template <class Value>
Series series(const RunResult& r, std::string name, int colour, Value&& value) {
  Series line{.name = std::move(name), .colour = colour};
  for (const Second& second : r.seconds) line.points.push_back({second.at_s, static_cast<double>(value(second))});
  return line;
}

std::vector<Mark> fault_marks(const RunResult& r) {
  std::vector<Mark> marks;
  marks.reserve(r.scenario.faults.size());
  for (const users::Fault& fault : r.scenario.faults) {
    marks.push_back({std::chrono::duration<double>(fault.at).count(), std::string(users::name_of(fault.kind))});
  }
  return marks;
}

std::string verdict(const RunResult& r) {
  const char* tone = r.verdict == Verdict::Pass ? "good" : r.verdict == Verdict::Violated ? "bad" : "warn";
  std::string text;
  switch (r.verdict) {
    case Verdict::Pass:
      text = fmt::format(
          "Nothing lost{}, nothing doubled, nothing reordered; every objective met.",
          r.counters.rolled_back != 0 ? fmt::format(" but {} sends by policy", r.counters.rolled_back) : "");
      break;
    case Verdict::ObjectiveMissed:
      text = "Every message is where it belongs, but an objective was missed.";
      break;
    case Verdict::Violated:
      text = fmt::format("{} broken promises.", r.violation_count);
      break;
    case Verdict::Unfit:
      text = "The load generator itself was not up to it: the figures mean nothing.";
      break;
  }
  return fmt::format("<div class=\"verdict {}\"><b>{}</b><span>{}</span></div>\n", tone, escaped(name_of(r.verdict)),
                     escaped(text));
}

std::string tiles(const RunResult& r) {
  const Histogram& delivery = r.of(Metric::Delivery);
  return "<div class=tiles>" + tile(fmt::format("{}", r.scenario.users), "users") +
         tile(fmt::format("{:.0f}/s", r.sends_per_s()), "sends") +
         tile(fmt::format("{:.0f}/s", r.deliveries_per_s()), "deliveries") +
         tile(time_text(delivery.quantile_ms(5000)), "delivery p50") +
         tile(time_text(delivery.quantile_ms(9900)), "delivery p99") +
         tile(fmt::format("{}", r.violation_count), "violations") +
         tile(fmt::format("{}", r.swept_events), "events compared") + "</div>\n";
}

std::string latency_over_time(const RunResult& r) {
  const std::vector<Series> lines{series(r, "max", 3, [](const Second& s) { return s.max_ms; }),
                                  series(r, "p99", 2, [](const Second& s) { return s.p99_ms; }),
                                  series(r, "p50", 1, [](const Second& s) { return s.p50_ms; })};
  return card("Delivery latency, from the intended send to each receiver",
              line_plot({"s"}, {"ms", true}, lines, fault_marks(r)) + legend(lines));
}

std::string throughput(const RunResult& r) {
  std::vector<Series> lines{series(r, "deliveries", 1, [](const Second& s) { return s.deliveries_per_s; }),
                            series(r, "sends", 2, [](const Second& s) { return s.sends_per_s; })};
  lines[0].filled = true;
  return card("Throughput", line_plot({"s"}, {"per second"}, lines, fault_marks(r)) + legend(lines));
}

std::string connections(const RunResult& r) {
  std::vector<Series> lines{series(r, "users online", 1, [](const Second& s) { return s.ready; })};
  lines[0].filled = true;
  return card("Connections", line_plot({"s"}, {"users"}, lines, fault_marks(r)) + legend(lines));
}

std::string distribution(const RunResult& r) {
  const Histogram& h = r.of(Metric::Delivery);
  std::vector<Point> bars;
  for (std::size_t i = kBucketsPerBar; i + kBucketsPerBar <= Histogram::kBuckets; i += kBucketsPerBar) {
    std::uint64_t count = 0;
    for (std::size_t k = 0; k < kBucketsPerBar; ++k) count += h.in_bucket(i + k);
    const double from_ms = static_cast<double>(Histogram::top_of(i - 1) + 1) / 1000;
    if (count == 0 && bars.empty()) continue;
    bars.push_back({from_ms, h.count() != 0 ? 100.0 * static_cast<double>(count) / static_cast<double>(h.count()) : 0});
    if (Histogram::top_of(i + kBucketsPerBar - 1) >= h.max()) {
      bars.push_back({static_cast<double>(Histogram::top_of(i + kBucketsPerBar - 1) + 1) / 1000, 0});
      break;
    }
  }
  const std::vector<Mark> marks{
      {h.quantile_ms(5000), "p50"}, {h.quantile_ms(9900), "p99"}, {h.quantile_ms(9990), "p99.9"}};
  return card("Delivery latency, distribution",
              bar_plot({"ms", true}, {"% of deliveries"}, bars, h.count() != 0 ? marks : std::vector<Mark>{}));
}

std::string latency_table(const RunResult& r) {
  std::string rows =
      "<table><tr><th>ms</th><th>count</th><th>p50</th><th>p90</th><th>p99</th><th>p99.9</th><th>p99.99</th><th>max</"
      "th></tr>";
  for (std::size_t i = 0; i < kMetrics; ++i) {
    const Histogram& h = r.histograms[i];
    rows += fmt::format("<tr><td>{}</td><td>{}</td>", name_of(static_cast<Metric>(i)), h.count());
    for (const std::uint32_t q : {5000u, 9000u, 9900u, 9990u, 9999u}) rows += ms_cell(h.quantile_ms(q));
    rows += ms_cell(static_cast<double>(h.max()) / 1000) + "</tr>";
  }
  return card("Latencies", rows + "</table>");
}

std::string objectives(const RunResult& r) {
  if (r.objectives.empty()) return {};
  std::string rows = "<table><tr><th>objective</th><th>limit</th><th>measured</th><th></th></tr>";
  for (const ObjectiveOutcome& o : r.objectives) {
    const auto& goal = users::name_of(o.objective.goal);
    rows += fmt::format("<tr><td>{}</td><td>{} {} {}</td><td>{:.2f}</td><td class={}>{}</td></tr>", goal.name,
                        goal.is_minimum ? "≥" : "≤", o.objective.limit, goal.unit, o.measured, o.met ? "good" : "bad",
                        o.met ? "met" : "missed");
  }
  return card("Objectives", rows + "</table>");
}

std::string faults(const RunResult& r) {
  if (r.faults.empty()) return {};
  std::string rows = "<table><tr><th>fault</th><th>injected</th><th>took effect</th><th>clients hit</th></tr>";
  for (const FaultSummary& each : summary(r.faults)) {
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td class={}>{}</td><td>{}</td></tr>", users::name_of(each.kind),
                        each.injected, each.effective == each.injected ? "good" : "bad", each.effective, each.clients);
  }
  return card("Faults", rows + "</table>");
}

std::string counters(const RunResult& r) {
  std::string rows = "<table>";
  r.counters.for_each([&](std::string_view name, std::uint64_t value) {
    rows += fmt::format("<tr><td>{}</td><td>{}</td></tr>", name, value);
  });
  return card("Counted", rows + "</table>");
}

std::string actions(const RunResult& r) {
  std::string rows = "<table>";
  for (std::size_t i = 0; i < users::kActions; ++i) {
    rows += fmt::format("<tr><td>{}</td><td>{}</td></tr>", users::name_of(static_cast<users::Action>(i)),
                        r.counters.actions[i]);
  }
  rows += fmt::format("<tr><td>sends without an answer at the end</td><td>{}</td></tr>", r.unknown.at_end);
  rows += fmt::format("<tr><td>of them in the log / not in the log</td><td>{} / {}</td></tr>",
                      r.unknown.found_committed, r.unknown.found_absent);
  rows += fmt::format("<tr><td>at rest after</td><td>{:.1f} s</td></tr>", r.quiesce_s);
  rows += fmt::format("<tr><td>busiest worker</td><td>{:.0f} % of a core</td></tr>", r.busiest_worker_cpu_percent);
  return card("Done by users", rows + "</table>");
}

std::string complaints(std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string text;
  for (const std::string& line : lines) text += escaped(line) + "\n";
  return card(title, "<pre>" + text + "</pre>");
}

}  // namespace

std::string html(const RunResult& r) {
  std::string out =
      page_head(fmt::format("{}: {}", r.scenario.name, name_of(r.verdict)), r.scenario.name, r.scenario.about, kStyle);
  out += verdict(r) + complaints("Broken promises, the first ones", r.violations) +
         complaints("Why the generator was unfit", r.unfit);
  out += tiles(r) + "<div class=cards>\n";
  out += latency_over_time(r) + throughput(r) + distribution(r) + connections(r);
  out += latency_table(r) + objectives(r) + faults(r) + actions(r) + counters(r);
  out += fmt::format(
      "</div><footer>Run {:08x}, begun {}, on {}: {} workers, {:.1f} s of connecting, {:.1f} s of "
      "load.</footer>\n</main></body></html>\n",
      r.run_id, escaped(r.started), escaped(r.url), r.workers, r.ramp_s, r.load_s);
  return out;
}

}  // namespace starling::report
