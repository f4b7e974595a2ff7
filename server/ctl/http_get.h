// One GET over one connection, for a server's health pages. Blocking, and bounded in time and size.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "server/ctl/http_address.h"

namespace starling::ctl {

inline constexpr std::chrono::seconds kHttpTimeout{5};
/// /metrics of 64 shards is some 200 KB.
inline constexpr std::size_t kHttpAnswerMax = 8u << 20;

struct HttpAnswer {
  int status = 0;
  std::string body;
};

/// The error is a phrase, "connection refused", to which the caller adds whom it asked.
Result<HttpAnswer, std::string> http_get(const HttpAddress& address, std::string_view path);

/// The request, and the answer out of the bytes that came until the end of the connection.
std::string get_request(const HttpAddress& address, std::string_view path);
Result<HttpAnswer, std::string> parse_answer(std::string_view bytes);

}  // namespace starling::ctl
