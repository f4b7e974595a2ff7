#include "loadsim/load/endpoint.h"

#include <arpa/inet.h>

#include <charconv>

namespace starling::load {

bool Endpoint::loopback() const { return (ntohl(address.sin_addr.s_addr) >> 24) == 127; }

void Endpoint::set_port(std::uint16_t port) {
  address.sin_port = htons(port);
  host = host.substr(0, host.find(':')) + ":" + std::to_string(port);
}

std::optional<Endpoint> parse_endpoint(std::string_view url) {
  constexpr std::string_view kScheme = "ws://";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  const std::size_t slash = url.find('/');
  const std::string_view host = url.substr(0, slash);
  const std::size_t colon = host.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view digits = host.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  Endpoint endpoint{.host = std::string(host),
                    .target = slash == std::string_view::npos ? "/" : std::string(url.substr(slash))};
  endpoint.address.sin_family = AF_INET;
  endpoint.address.sin_port = htons(port);
  const bool address = inet_pton(AF_INET, std::string(host.substr(0, colon)).c_str(), &endpoint.address.sin_addr) == 1;
  if (!address || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return endpoint;
}

std::string url_of(const Endpoint& endpoint) { return "ws://" + endpoint.host + endpoint.target; }

}  // namespace starling::load
