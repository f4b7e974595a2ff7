#include "server/app/peer_text.h"

#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "server/ports/numbering.h"

namespace starling::app {
namespace {

constexpr std::string_view kTcp = "tcp://";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kKeyLetters = 43;  // of 32 bytes

bool is_number(std::string_view text, std::uint16_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

bool is_bus_endpoint(const std::string& text) {
  const auto colon = text.rfind(':');
  std::uint16_t port = 0;
  return text.starts_with(kTcp) && colon > kTcp.size() && is_number(std::string_view(text).substr(colon + 1), port);
}

Result<PeerText, std::string> parse_peer(const std::string& line) {
  std::istringstream words(line);
  std::string number;
  std::string more;
  PeerText peer;
  if (!(words >> number >> peer.endpoint >> peer.key) || words >> more) {
    return tl::unexpected(fmt::format("'{}' is not NUMBER ENDPOINT KEY, as in \"1 tcp://10.0.0.2:7008 KEY\"", line));
  }
  if (!is_number(number, peer.node) || peer.node >= ports::kNodesMax) {
    return tl::unexpected(fmt::format("'{}' is no node's number: they go from 0 to {}", number, ports::kNodesMax - 1));
  }
  if (!is_bus_endpoint(peer.endpoint) || peer.endpoint.ends_with(":0")) {
    return tl::unexpected(fmt::format("'{}' is not tcp://ADDRESS:PORT", peer.endpoint));
  }
  if (peer.key.size() != kKeyLetters || peer.key.find_first_not_of(kBase64Url) != std::string::npos) {
    return tl::unexpected(
        fmt::format("'{}' is no public key of a node; take the line of bus.1.public there", peer.key));
  }
  return peer;
}

Result<ServerText, std::string> parse_server(const std::string& text) {
  if (text.starts_with('/')) return ServerText{.host = text, .port = 0};
  const auto colon = text.rfind(':');
  ServerText server;
  if (colon == std::string::npos || colon == 0 || !is_number(std::string_view(text).substr(colon + 1), server.port) ||
      server.port == 0) {
    return tl::unexpected(fmt::format("'{}' is neither ADDRESS:PORT nor the path of a unix socket", text));
  }
  server.host = text.substr(0, colon);
  return server;
}

}  // namespace starling::app
