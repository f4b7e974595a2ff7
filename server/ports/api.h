// The HTTP API's seam: a shard hands a whole request to the API as a value, and gets the answer back as one, by its
// mailbox. The connection may be gone by then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/ids.h"

namespace starling::ports {

/// The longest honest request, a registration with everything in it, has some 2 KiB.
inline constexpr std::size_t kApiBodyBytesMax = 64 * 1024;

struct ApiRequest {
  ShardId shard;  // where the connection lives
  ConnId conn;
  std::string method;
  std::string target;         // path and query, as sent
  std::string host;           // as the client names this server
  std::string authorization;  // the header's value
  std::string address;        // of the peer, or of whom a trusted proxy names; empty: gone already
  std::string body;           // JSON by its header; not looked at yet
};

struct ApiResponse {
  ConnId conn;
  std::uint16_t status = 500;
  std::string body;                  // JSON; empty with 204
  std::uint32_t retry_after_ms = 0;  // 0: no such header
  std::string allow;                 // with 405: the methods there are
};

}  // namespace starling::ports
