// The opening handshake, RFC 6455 section 4, and the plain requests that share its port: bytes in, values out.
// A head is read whole: hand over what came so far until the answer is not Incomplete.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/ws/limits.h"

namespace starling::ws {

// ---- server -------------------------------------------------------------------------------------------------------

enum class HttpError : std::uint8_t {
  Incomplete,        // no error: the head has not come whole
  BadRequest,        // 400
  MethodNotAllowed,  // 405
  BodyRefused,       // 413
  HeadTooLarge,      // 431
  UpgradeRequired,   // 426: no upgrade to WebSocket, or another version than 13
};

/// "400 Bad Request"; not of Incomplete.
std::string_view http_status(HttpError error);
/// Whole header lines that the answer must carry, each ended by CRLF.
std::string_view http_extra_headers(HttpError error);

struct HttpRequest {
  std::string method;
  std::string target;
  std::optional<std::string> origin;
  std::string host;
  std::string authorization;
  std::string content_type;
  std::string forwarded_for;  // the last hop's word; only a trusted proxy's counts
  std::optional<std::uint64_t> content_length;
  std::size_t head_bytes = 0;  // what follows is the body, or belongs to the connection's next protocol

  // Of the upgrade, when `connection` and `upgrade` ask for one.
  bool wants_upgrade = false;  // Connection: upgrade and Upgrade: websocket
  std::string key;
  std::string version;
  bool http_1_1 = false;
};

/// Reads a request's head: at most kHeadBytesMax. A body is only ever announced by its length; whether one is wanted is
/// the caller's to say.
Result<HttpRequest, HttpError> parse_request(std::string_view bytes);

/// Is it a good upgrade request? None when it is.
std::optional<HttpError> judge_upgrade(const HttpRequest& request);

/// The 101 response. `subprotocol` is one of the request's, or empty.
std::string upgrade_response(std::string_view key, std::string_view subprotocol = {});

// ---- client -------------------------------------------------------------------------------------------------------

struct UpgradeRequest {
  std::string_view host;  // with its port, unless that is the scheme's
  std::string_view target;
  std::string_view key;
  std::string_view subprotocol;  // empty: none
  std::string_view origin;       // empty: none
};

std::string upgrade_request(const UpgradeRequest& request);

enum class UpgradeError : std::uint8_t {
  Incomplete,    // no error: the head has not come whole
  BadResponse,   // not HTTP, or too large
  Refused,       // another status than 101
  NotWebSocket,  // 101, but not to WebSocket
  WrongAccept,   // it answers another request
  WrongSubprotocol,
  UnknownExtension,  // we offered none
};

struct UpgradeFailure {
  UpgradeError error = UpgradeError::Incomplete;
  int status = 0;  // of HTTP, where there is one
};

/// Reads the answer to a request with `key` and `subprotocol`; gives the size of its head: frames follow.
Result<std::size_t, UpgradeFailure> check_upgrade_response(std::string_view bytes, std::string_view key,
                                                           std::string_view subprotocol = {});

// ---- both ---------------------------------------------------------------------------------------------------------

/// Sec-WebSocket-Key of 16 random bytes.
std::string make_key(const std::array<std::byte, 16>& random);
/// Sec-WebSocket-Accept of a key.
std::string accept_of(std::string_view key);

}  // namespace starling::ws
