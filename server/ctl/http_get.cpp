#include "server/ctl/http_get.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <span>

#include "server/ctl/connection.h"

namespace starling::ctl {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

/// The value of a header field among the lines after the status line.
std::optional<std::string_view> field(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at)) {
    at += 2;
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !same_name(line.substr(0, colon), name)) continue;
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    return value == std::string_view::npos ? std::string_view{} : line.substr(value);
  }
  return std::nullopt;
}

}  // namespace

std::string get_request(const HttpAddress& address, std::string_view path) {
  return fmt::format("GET {}{} HTTP/1.1\r\nHost: {}\r\nAccept: text/plain\r\nConnection: close\r\n\r\n",
                     address.path_prefix, path, address.host);
}

Result<HttpAnswer, std::string> parse_answer(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  const std::string_view head = bytes.substr(0, end);
  const auto status = head.starts_with("HTTP/1.") && head.size() > 9 ? number(head.substr(9, 3)) : std::nullopt;
  if (end == std::string_view::npos || !status) return tl::unexpected(std::string("it does not speak HTTP"));
  const std::string_view body = bytes.substr(end + 4);
  // A proxy may cut the body into chunks for an HTTP/1.1 client; a health page is never worth that much code.
  if (field(head, "Transfer-Encoding"))
    return tl::unexpected(std::string("its answer is chunked; ask the server itself"));
  const auto length = number(field(head, "Content-Length").value_or(""));
  if (length && *length != body.size()) return tl::unexpected(std::string("its answer was cut off"));
  return HttpAnswer{.status = static_cast<int>(*status), .body = std::string(body)};
}

Result<HttpAnswer, std::string> http_get(const HttpAddress& address, std::string_view path) {
  auto connection = Connection::open(address, kHttpTimeout);
  if (!connection) return tl::unexpected(connection.error());
  if (auto sent = connection->write(get_request(address, path)); !sent) return tl::unexpected(sent.error());
  const auto deadline = std::chrono::steady_clock::now() + kHttpTimeout;
  std::string bytes;
  std::array<char, 16384> buffer;
  for (;;) {
    const auto taken = connection->read(buffer);
    if (!taken) return tl::unexpected(taken.error());
    if (*taken == 0) return parse_answer(bytes);
    bytes.append(buffer.data(), *taken);
    if (bytes.size() > kHttpAnswerMax) return tl::unexpected(std::string("its answer is too long"));
    if (std::chrono::steady_clock::now() > deadline) return tl::unexpected(std::string("no whole answer in time"));
  }
}

}  // namespace starling::ctl
