#include "server/ctl/status_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <string_view>
#include <utility>

#include "server/ctl/units.h"

namespace starling::ctl {
namespace {

/// A family of /metrics, and what people and scripts call it.
struct Figure {
  std::string_view family;
  std::string_view label;
  std::string_view key;
  bool bytes = false;
};
constexpr std::array kFigures{
    Figure{"starling_connections", "connections", "connections"},
    Figure{"starling_sessions", "sessions", "sessions"},
    Figure{"starling_sessions_lagging", "lagging sessions", "sessions_lagging"},
    Figure{"starling_events_committed_total", "events committed", "events_committed"},
    Figure{"starling_events_delivered_total", "events delivered", "events_delivered"},
    Figure{"starling_sends_busy_total", "sends answered busy", "sends_busy"},
    Figure{"starling_commit_queue_bytes", "waiting for the store", "commit_queue_bytes", true},
};

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

std::string row(std::string_view label, std::string_view value) { return fmt::format("  {:<22}{}\n", label, value); }

std::string text_of(const DatabaseFigures& database) {
  std::string out = fmt::format("database {}\n", database.path);
  if (!database.problem.empty()) {
    out += row("not read", database.problem);
  } else {
    out += row("schema", fmt::format("{}", database.schema));
    out += row("users", grouped(database.users));
    out += row("rooms", grouped(database.rooms));
    out += row("events", grouped(database.events));
    out += row("size", in_bytes(database.bytes));
  }
  if (database.disk_free_bytes) out += row("free on its disk", in_bytes(*database.disk_free_bytes));
  return out;
}

boost::json::object json_of(const DatabaseFigures& database) {
  boost::json::object out{{"path", database.path}};
  if (!database.problem.empty()) {
    out["problem"] = database.problem;
  } else {
    out["schema"] = database.schema;
    out["users"] = database.users;
    out["rooms"] = database.rooms;
    out["events"] = database.events;
    out["bytes"] = database.bytes;
  }
  if (database.disk_free_bytes) out["disk_free_bytes"] = *database.disk_free_bytes;
  return out;
}

}  // namespace

StatusReport judge(std::string url, const Result<HttpAnswer, std::string>& ready,
                   const Result<HttpAnswer, std::string>& metrics, std::int64_t now_s) {
  StatusReport report{.url = std::move(url)};
  if (!ready) {
    report.problem = ready.error();
    return report;
  }
  report.answered = true;
  if (ready->status != 200) {
    const std::string_view why = first_line(ready->body);
    report.problem = why.empty() ? fmt::format("it answers with status {}", ready->status) : std::string(why);
  }
  if (!metrics || metrics->status != 200) return report;
  report.metrics = MetricsPage::parse(metrics->body);
  if (const auto since = report.metrics.sum("process_start_time_seconds")) {
    report.uptime_s = std::max<std::int64_t>(0, now_s - std::llround(*since));
  }
  return report;
}

std::string to_text(const StatusReport& report) {
  std::string out = fmt::format("server {}\n", report.url);
  if (report.ready()) {
    out += row("state", "ready");
  } else {
    out += row("state", fmt::format("{}: {}", report.answered ? "NOT READY" : "DOWN", report.problem));
  }
  if (report.uptime_s) out += row("up for", in_time(*report.uptime_s));
  for (const Figure& figure : kFigures) {
    const auto value = report.metrics.sum(figure.family);
    if (!value) continue;
    const auto whole = static_cast<std::uint64_t>(*value);
    out += row(figure.label, figure.bytes ? in_bytes(whole) : grouped(whole));
  }
  if (report.database) out += text_of(*report.database);
  return out;
}

std::string to_json(const StatusReport& report) {
  boost::json::object out{{"url", report.url}, {"ready", report.ready()}, {"answered", report.answered}};
  if (!report.ready()) out["problem"] = report.problem;
  if (report.uptime_s) out["uptime_s"] = *report.uptime_s;
  for (const Figure& figure : kFigures) {
    if (const auto value = report.metrics.sum(figure.family)) out[figure.key] = static_cast<std::uint64_t>(*value);
  }
  if (report.database) out["database"] = json_of(*report.database);
  return boost::json::serialize(out);
}

}  // namespace starling::ctl
