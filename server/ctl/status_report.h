// What `starlingctl status` found, and its two forms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/ctl/http_get.h"
#include "server/ctl/metrics_page.h"

namespace starling::ctl {

struct DatabaseFigures {
  std::string path;
  std::string problem;  // empty: it was read
  std::uint32_t schema = 0;
  std::uint64_t users = 0;
  std::uint64_t rooms = 0;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> disk_free_bytes;
};

struct StatusReport {
  std::string url;
  std::string problem;    // empty: ready; else why not, in the server's words or the network's
  bool answered = false;  // the server runs, ready or not
  MetricsPage metrics;    // empty unless it answered
  std::optional<std::int64_t> uptime_s;
  std::optional<DatabaseFigures> database;  // nothing: a server elsewhere was asked

  bool ready() const { return problem.empty(); }
};

/// From the answers to /readyz and /metrics.
StatusReport judge(std::string url, const Result<HttpAnswer, std::string>& ready,
                   const Result<HttpAnswer, std::string>& metrics, std::int64_t now_s);

std::string to_text(const StatusReport& report);
/// One object on one line.
std::string to_json(const StatusReport& report);

}  // namespace starling::ctl
