// The pages beside /v1/ws on the same port, /healthz, /readyz and /metrics, and the form of every HTTP answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/runtime/node_context.h"

namespace starling::runtime {

inline constexpr std::string_view kMetricsPath = "/metrics";
/// Who counts users and rates is an operator: this host, unless a proxy may be what connects from it, and whom
/// `config.metrics_from` names.
bool may_read_metrics(const Config& config, std::string_view peer);

/// `path` is without a query.
bool is_page(std::string_view path);
/// A whole response, after which the connection closes. `path` is the request's target.
std::string http_page(const NodeContext& node, std::string_view method, std::string_view path);

/// "HTTP/1.1 STATUS…" with the body and the headers every answer carries; `extra` is whole header lines.
std::string http_response(std::string_view status, std::string_view body, std::string_view extra = {},
                          std::string_view content_type = "text/plain; charset=utf-8");

/// An answer of the API, or a refusal in its form.
std::string http_answer(const ports::ApiResponse& response);
std::string http_refusal(std::uint16_t status, std::string_view code, std::string_view message);

/// Over a limit, or draining: try again later, or elsewhere. `slot` is how much later than others.
std::string http_unavailable(std::string_view why, Duration slot = Duration::zero());

}  // namespace starling::runtime
