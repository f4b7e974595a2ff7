// Any bytes as a request's head, and as the answer to ours. A head is the same whatever follows it and never whole
// before its last byte; what is judged good is answered with what a client accepts.
#include "common/ws/handshake.h"

#include <string>
#include <vector>

#include "common/base/assert.h"
#include "common/ws/origin.h"
#include "tests/fuzz/entry.h"
#include "tests/fuzz/input.h"

namespace {

using namespace starling;
using namespace starling::ws;

constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";

void answer(const HttpRequest& request, const std::string& subprotocol) {
  const std::string response = upgrade_response(request.key, subprotocol);
  const auto accepted = check_upgrade_response(response + "\x82", request.key, subprotocol);
  STARLING_ASSERT(accepted.has_value() && *accepted == response.size());
  const auto stranger = check_upgrade_response(response, "another key", subprotocol);
  STARLING_ASSERT(!stranger.has_value() && stranger.error().error == UpgradeError::WrongAccept);
}

void check_request(const std::string& bytes) {
  const auto request = parse_request(bytes);
  if (!request) {
    STARLING_ASSERT(!http_status(request.error()).empty());
    STARLING_ASSERT(http_extra_headers(request.error()).size() < 100);
    STARLING_ASSERT(request.error() != HttpError::Incomplete || bytes.size() < kHeadBytesMax);
    return;
  }
  const std::string head = bytes.substr(0, request->head_bytes);
  STARLING_ASSERT(head.size() <= kHeadBytesMax && head.ends_with("\r\n\r\n"));
  const auto alone = parse_request(head);
  STARLING_ASSERT(alone.has_value() && alone->target == request->target && alone->key == request->key);
  const auto cut = parse_request(std::string_view(head).substr(0, head.size() - 1));
  STARLING_ASSERT(!cut.has_value() && cut.error() == HttpError::Incomplete);

  const std::string own = "https://chat.example.org";
  STARLING_ASSERT(origin_allowed(request->origin, std::span(&own, 1)) == (!request->origin || *request->origin == own));
  if (const auto refusal = judge_upgrade(*request)) {
    STARLING_ASSERT(!http_status(*refusal).empty());
    STARLING_ASSERT(http_extra_headers(*refusal).empty() || http_extra_headers(*refusal).ends_with("\r\n"));
    return;
  }
  STARLING_ASSERT(request->method == "GET" && request->http_1_1 && request->wants_upgrade);
  answer(*request, {});
}

void check_response(const std::string& bytes, std::string_view subprotocol) {
  const auto head = check_upgrade_response(bytes, kKey, subprotocol);
  if (!head) {
    STARLING_ASSERT(head.error().error != UpgradeError::Incomplete || bytes.size() < kHeadBytesMax);
    STARLING_ASSERT((head.error().error == UpgradeError::Refused) <= (head.error().status != 101));
    return;
  }
  STARLING_ASSERT(bytes.find(accept_of(kKey)) < *head && bytes.substr(0, *head).ends_with("\r\n\r\n"));
}

/// A request that our own client writes: read back as it was meant.
void check_own(fuzz::Input& in) {
  std::array<std::byte, 16> random{};
  for (std::byte& each : random) each = std::byte(in.in_range<std::uint8_t>(0, 255));
  const std::string key = make_key(random);
  const auto request = parse_request(upgrade_request({.host = "localhost:8008",
                                                      .target = "/v1/ws",
                                                      .key = key,
                                                      .subprotocol = in.flag() ? "p" : "",
                                                      .origin = in.flag() ? "https://chat.example.org" : ""}));
  STARLING_ASSERT(request.has_value() && request->key == key && !judge_upgrade(*request).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input in(data, size);
  switch (in.in_range<std::uint8_t>(0, 3)) {
    case 0:
      check_response(in.rest(), {});
      break;
    case 1:
      check_response(in.rest(), "p");
      break;
    case 2:
      check_own(in);
      break;
    default:
      check_request(in.rest());
  }
  return 0;
}
