#include "server/runtime/http_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "server/runtime/metrics_text.h"

namespace starling::runtime {
namespace {

constexpr std::uint32_t kRetryAfterMs = 5000;

/// Whoever gets it may come back.
bool only_now(std::uint16_t status) { return status == 429 || status == 503; }

std::string ready_page(const NodeContext& node) {
  if (node.draining) return http_unavailable("draining");
  const std::string isolated = node.isolation.why();
  if (!isolated.empty()) return http_unavailable("nothing has its home here: " + isolated);
  if (!node.store.healthy()) return http_unavailable("the store does not take commits");
  return http_response("200 OK", "ready\n");
}

std::string metrics_page(const NodeContext& node) {
  std::vector<Stats> shards;
  shards.reserve(node.stats.size());
  for (const auto& stats : node.stats) shards.push_back(stats->get());
  MetricsText text;
  write_stats(text, shards);
  text.family("process_start_time_seconds", MetricsText::Kind::Gauge, "When the node began, in seconds since 1970.");
  text.sample("", static_cast<std::uint64_t>(to_ms(node.started) / 1000));
  text.family("starling_draining", MetricsText::Kind::Gauge, "1 from the request to stop on.");
  text.sample("", std::uint64_t{node.draining ? 1u : 0u});
  text.family("starling_isolated", MetricsText::Kind::Gauge, "1 while other nodes do not hear it: no homes here.");
  text.sample("", std::uint64_t{node.isolation.why().empty() ? 0u : 1u});
  if (const auto apart = apart_of(node.store_clock.get(), machine_now())) {
    text.family("starling_store_clock_ahead_seconds", MetricsText::Kind::Gauge,
                "The store's clock, as far as it is ahead of this machine's.");
    text.sample("", std::chrono::duration<double>(*apart).count());
  }
  text.family("starling_connections_unauthenticated", MetricsText::Kind::Gauge, "Connections before their Hello.");
  text.sample("", std::uint64_t{node.unauthenticated});
  text.family("starling_connections_max", MetricsText::Kind::Gauge, "Connections that are allowed.");
  text.sample("", std::uint64_t{node.connections_max});
  const std::string api = node.api.metrics ? node.api.metrics() : std::string();
  return http_response("200 OK", text.take() + node.store.metrics() + api, {}, "text/plain; version=0.0.4");
}

std::string_view status_line(std::uint16_t status) {
  switch (status) {
    case 200:
      return "200 OK";
    case 201:
      return "201 Created";
    case 204:
      return "204 No Content";
    case 400:
      return "400 Bad Request";
    case 401:
      return "401 Unauthorized";
    case 403:
      return "403 Forbidden";
    case 404:
      return "404 Not Found";
    case 405:
      return "405 Method Not Allowed";
    case 409:
      return "409 Conflict";
    case 411:
      return "411 Length Required";
    case 413:
      return "413 Content Too Large";
    case 415:
      return "415 Unsupported Media Type";
    case 429:
      return "429 Too Many Requests";
    case 503:
      return "503 Service Unavailable";
    default:
      return "500 Internal Server Error";
  }
}

}  // namespace

bool may_read_metrics(const Config& config, std::string_view peer) {
  const bool loopback = peer.starts_with("127.") || peer == "::1";
  return (loopback && !config.behind_proxy) ||
         std::ranges::find(config.metrics_from, peer) != config.metrics_from.end();
}

bool is_page(std::string_view path) { return path == "/healthz" || path == "/readyz" || path == kMetricsPath; }

std::string http_page(const NodeContext& node, std::string_view method, std::string_view path) {
  path = path.substr(0, path.find('?'));
  if (!is_page(path)) return http_response("404 Not Found", "there is /v1/ws, /healthz, /readyz and /metrics\n");
  if (method != "GET") return http_response("405 Method Not Allowed", "only GET\n", "Allow: GET\r\n");
  if (path == "/healthz") return http_response("200 OK", "ok\n");
  if (path == "/readyz") return ready_page(node);
  return metrics_page(node);
}

std::string http_response(std::string_view status, std::string_view body, std::string_view extra,
                          std::string_view content_type) {
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: "
      "no-store\r\n{}\r\n{}",
      status, content_type, body.size(), extra, body);
}

std::string http_answer(const ports::ApiResponse& response) {
  std::string extra;
  const bool untold = only_now(response.status) && response.retry_after_ms == 0;
  const std::uint32_t ms = untold ? kRetryAfterMs : response.retry_after_ms;
  // Whole seconds, rounded up: who keeps to it is not early.
  if (ms > 0) extra = fmt::format("Retry-After: {}\r\n", (ms + 999) / 1000);
  if (!response.allow.empty()) extra += fmt::format("Allow: {}\r\n", response.allow);
  if (response.status == 204) {
    return fmt::format("HTTP/1.1 {}\r\nConnection: close\r\nCache-Control: no-store\r\n{}\r\n",
                       status_line(response.status), extra);
  }
  return http_response(status_line(response.status), response.body, extra, "application/json");
}

std::string http_refusal(std::uint16_t status, std::string_view code, std::string_view message) {
  const std::uint32_t retry_after_ms = only_now(status) ? kRetryAfterMs : 0;
  return http_answer({.status = status,
                      .body = fmt::format(R"({{"error":{{"code":"{}","message":"{}","retry_after_ms":{}}}}})", code,
                                          message, retry_after_ms),
                      .retry_after_ms = retry_after_ms});
}

std::string http_unavailable(std::string_view why, Duration slot) {
  const auto wait = std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds(kRetryAfterMs) + slot);
  return http_response("503 Service Unavailable", fmt::format("{}\n", why),
                       fmt::format("Retry-After: {}\r\n", wait.count()));
}

}  // namespace starling::runtime
