#include "loadsim/report/json_report.h"

#include <fmt/format.h>

namespace starling::report {
namespace {

std::string of_histogram(const Histogram& h) {
  return fmt::format(
      R"({{"count":{},"p50_ms":{:.3f},"p90_ms":{:.3f},"p99_ms":{:.3f},"p999_ms":{:.3f},"p9999_ms":{:.3f},"max_ms":{:.3f}}})",
      h.count(), h.quantile_ms(5000), h.quantile_ms(9000), h.quantile_ms(9900), h.quantile_ms(9990),
      h.quantile_ms(9999), static_cast<double>(h.max()) / 1000);
}

template <class List, class Each>
std::string list(const List& items, Each&& each) {
  std::string text = "[";
  for (const auto& item : items) text += (text.size() > 1 ? "," : "") + each(item);
  return text + "]";
}

}  // namespace

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string json(const RunResult& r) {
  std::string out = fmt::format(
      R"({{"run":{},"verdict":{},"exit":{},"users":{},"workers":{},"load_s":{:.2f},"sends":{},"accepted":{},"deliveries":{},)"
      R"("sends_per_s":{:.1f},"deliveries_per_s":{:.1f},"p50_ms":{:.3f},"p99_ms":{:.3f},"p999_ms":{:.3f},"violations":{},)",
      json_text(r.scenario.name), json_text(name_of(r.verdict)), exit_code(r.verdict), r.scenario.users, r.workers,
      r.load_s, r.counters.sends, r.counters.accepted, r.counters.deliveries, r.sends_per_s(), r.deliveries_per_s(),
      r.of(Metric::Delivery).quantile_ms(5000), r.of(Metric::Delivery).quantile_ms(9900),
      r.of(Metric::Delivery).quantile_ms(9990), r.violation_count);
  out += fmt::format(
      R"("unknown":{{"at_end":{},"after_quiesce":{},"found_committed":{},"found_absent":{}}},"quiesce_s":{:.2f},"quiesced":{},)"
      R"("swept":{{"rooms":{},"events":{}}},"online":{},"generator":{{"cpu_percent":{:.1f},"rss_bytes_per_user":{}}},)",
      r.unknown.at_end, r.unknown.after_quiesce, r.unknown.found_committed, r.unknown.found_absent, r.quiesce_s,
      r.quiesced, r.swept_rooms, r.swept_events, r.gauges.ready, r.busiest_worker_cpu_percent,
      r.gauges.rss_kb * 1024 / std::max<std::uint64_t>(1, r.gauges.users));
  out += R"("latency":{)";
  for (std::size_t i = 0; i < kMetrics; ++i) {
    out +=
        fmt::format(R"({}"{}":{})", i == 0 ? "" : ",", name_of(static_cast<Metric>(i)), of_histogram(r.histograms[i]));
  }
  out += R"(},"counters":{)";
  bool first = true;
  r.counters.for_each([&](std::string_view name, std::uint64_t value) {
    out += fmt::format(R"({}"{}":{})", std::exchange(first, false) ? "" : ",", name, value);
  });
  out += R"(},"actions":{)";
  for (std::size_t i = 0; i < users::kActions; ++i) {
    out += fmt::format(R"({}"{}":{})", i == 0 ? "" : ",", users::name_of(static_cast<users::Action>(i)),
                       r.counters.actions[i]);
  }
  out += R"(},"objectives":)" + list(r.objectives, [](const ObjectiveOutcome& o) {
           return fmt::format(R"({{"name":"{}","limit":{},"measured":{:.3f},"met":{}}})",
                              users::name_of(o.objective.goal).name, o.objective.limit, o.measured, o.met);
         });
  out += R"(,"faults":)" + list(r.faults, [](const FaultOutcome& f) {
           return fmt::format(R"({{"fault":{},"effect":{},"note":{}}})", json_text(to_string(f.fault)), f.effect,
                              json_text(f.note));
         });
  out += R"(,"unfit":)" + list(r.unfit, [](const std::string& text) { return json_text(text); });
  out += R"(,"first_violations":)" + list(r.violations, [](const std::string& text) { return json_text(text); });
  return out + "}";
}

}  // namespace starling::report
