// Where the server listens: ws://ADDRESS:PORT/PATH.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace starling::load {

struct Endpoint {
  sockaddr_in address{};
  std::string host;    // for the Host header
  std::string target;  // "/v1/ws"

  bool loopback() const;
  void set_port(std::uint16_t port);
};

/// One of the servers that take every user alike.
struct Node {
  Endpoint endpoint;
  std::uint32_t name = 0;    // as Reconnect has it: one above the number of its first shard
  std::uint16_t shards = 0;  // that rooms have their homes on
};

/// IPv4 in digits; nothing when it is no such URL.
std::optional<Endpoint> parse_endpoint(std::string_view url);
std::string url_of(const Endpoint& endpoint);

}  // namespace starling::load
