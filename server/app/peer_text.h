// A line of cluster.peers: number, endpoint and key.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"

namespace starling::app {

struct PeerText {
  std::uint16_t node = 0;
  std::string endpoint;
  std::string key;
};
/// As in "1 tcp://10.0.0.2:7008 KEY". The error says what is wrong with it.
Result<PeerText, std::string> parse_peer(const std::string& line);

/// tcp://ADDRESS:PORT
bool is_bus_endpoint(const std::string& text);

/// HOST:PORT, or a path; port 0: a path.
struct ServerText {
  std::string host;
  std::uint16_t port = 0;
};
Result<ServerText, std::string> parse_server(const std::string& text);

}  // namespace starling::app
