#include "server/runtime/reader.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "common/ws/origin.h"
#include "server/core/admission.h"
#include "server/runtime/close_codes.h"
#include "server/runtime/control_frames.h"
#include "server/runtime/gate.h"
#include "server/runtime/http_pages.h"
#include "server/runtime/peer_address.h"
#include "server/runtime/transport.h"

namespace starling::runtime {
namespace {

constexpr std::string_view kEndpoint = "/v1/ws";
/// Pings answered of one read; of a flood only the last is, which RFC 6455 section 5.5.3 allows.
constexpr int kPongsPerRead = 16;
/// A response leaves in shared frames, which are at most 64 KiB.
constexpr std::size_t kResponsePiece = 32 * 1024;
/// Of everything that lives under a version but the WebSocket endpoint.
constexpr std::string_view kApiPrefix = "/v1/";

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool must_have_length(std::string_view method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

bool is_json(std::string_view content_type) {
  constexpr std::string_view kJson = "application/json";
  const std::string_view type = content_type.substr(0, content_type.find_first_of("; \t"));
  return std::ranges::equal(type, kJson, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

/// A close frame that means that its user has left, and not that the connection is to be made anew.
bool says_goodbye(std::span<const std::byte> payload) {
  if (payload.size() < 2) return false;
  const auto code = std::to_integer<std::uint32_t>(payload[0]) << 8 | std::to_integer<std::uint32_t>(payload[1]);
  return code == close_code::kNormal || code == close_code::kGoingAway;
}

}  // namespace

Reader::Reader(NodeContext& node, ShardId self, CoreDriver& core, Connections& connections, Stats& stats)
    : node_(node),
      self_(self),
      core_(core),
      connections_(connections),
      stats_(stats),
      buffer_(node.config.read_buffer_bytes),
      rng_(mix64(node.self.boot) ^ self.value) {}

void Reader::readable(Connection& c) {
  const IoResult got = receive(c.fd, c.tls.get(), buffer_);
  switch (got.status) {
    case IoResult::Status::Blocked:
      return;
    case IoResult::Status::Ended:
      return connections_.peer_ended(c);
    case IoResult::Status::Broken:
      return connections_.destroy(c);
    case IoResult::Status::Ok:
      break;
  }
  stats_.bytes_in += got.bytes;
  connections_.deadlines().heard(c);
  if (c.deaf) return;
  const std::span<std::byte> bytes = std::span(buffer_).first(got.bytes);
  if (c.phase == Phase::Upgrading) {
    read_head(c, bytes);
  } else {
    read_frames(c, bytes);
  }
}

std::string Reader::no_room() {
  return http_unavailable("too many connections", slots_.next(core_.now().at, core::session_step(node_.core), rng_));
}

void Reader::refuse(int fd) {
  // Without TLS's handshake there is nobody to tell.
  if (!node_.tls) {
    const std::string response = no_room();
    [[maybe_unused]] const auto sent = ::send(fd, response.data(), response.size(), MSG_NOSIGNAL);
  }
  ::close(fd);
}

// ---- the request --------------------------------------------------------------------------------------------------

void Reader::read_head(Connection& c, std::span<std::byte> bytes) {
  if (c.request && c.request->head_read) return read_body(c, text_of(bytes));
  std::string whole;
  if (c.request) {
    whole = std::move(c.request->bytes);
    whole.append(text_of(bytes));
    bytes = std::as_writable_bytes(std::span(whole));
  }
  const auto request = ws::parse_request(text_of(bytes));
  if (request) {
    c.request.reset();
    const std::span<std::byte> rest = bytes.subspan(request->head_bytes);
    if (answer(c, *request, text_of(rest))) read_frames(c, rest);
    return;
  }
  if (request.error() != ws::HttpError::Incomplete) {
    ++stats_.protocol_errors;
    const std::string_view status = ws::http_status(request.error());
    respond(c, http_response(status, fmt::format("{}\n", status), ws::http_extra_headers(request.error())));
    return;
  }
  if (!c.request) c.request = std::make_unique<PendingRequest>();
  c.request->bytes = whole.empty() ? std::string(text_of(bytes)) : std::move(whole);
}

bool Reader::answer(Connection& c, const ws::HttpRequest& request, std::string_view rest) {
  const std::string_view path = path_of(request.target);
  if (c.spare && !is_page(path)) {
    ++stats_.refused;
    return respond(c, no_room());
  }
  if (path == kEndpoint) return upgrade(c, request);
  if (node_.api.submit && path.starts_with(kApiPrefix)) {
    call(c, request, rest);
    return false;
  }
  if (request.content_length.value_or(0) > 0) {
    const std::string_view status = ws::http_status(ws::HttpError::BodyRefused);
    return respond(c, http_response(status, fmt::format("{}\n", status)));
  }
  if (path == kMetricsPath && !may_read_metrics(node_.config, address_of_peer(c.fd))) {
    return respond(c, http_response("404 Not Found", "only for this host and server.metrics_from\n"));
  }
  return respond(c, http_page(node_, request.method, path));
}

void Reader::call(Connection& c, const ws::HttpRequest& request, std::string_view rest) {
  const auto refuse = [&](std::uint16_t status, std::string_view code, std::string_view message) {
    respond(c, http_refusal(status, code, message));
  };
  if (node_.draining) return refuse(503, "busy", "the server stops; try again in a moment");
  if (!request.content_length && must_have_length(request.method)) {
    return refuse(411, "length_required", "send Content-Length");
  }
  const std::uint64_t length = request.content_length.value_or(0);
  if (length > ports::kApiBodyBytesMax) return refuse(413, "too_large", "a body is at most 65536 bytes");
  if (length > 0 && !is_json(request.content_type)) {
    return refuse(415, "not_json", "send a JSON object with Content-Type: application/json");
  }
  if (rest.size() >= length) return submit(c, request, std::string(rest.substr(0, length)));
  c.request =
      std::make_unique<PendingRequest>(PendingRequest{.bytes = std::string(rest), .head = request, .head_read = true});
}

void Reader::read_body(Connection& c, std::string_view bytes) {
  const std::uint64_t missing = *c.request->head.content_length - c.request->bytes.size();
  c.request->bytes.append(bytes.substr(0, missing));
  if (bytes.size() < missing) return;
  const std::unique_ptr<PendingRequest> whole = std::move(c.request);
  submit(c, whole->head, std::move(whole->bytes));
}

void Reader::submit(Connection& c, const ws::HttpRequest& head, std::string body) {
  const bool proxied = node_.config.behind_proxy && !head.forwarded_for.empty();
  connections_.asked(c);
  node_.api.submit({.shard = self_,
                    .conn = c.id,
                    .method = head.method,
                    .target = head.target,
                    .host = head.host,
                    .authorization = head.authorization,
                    .address = proxied ? head.forwarded_for : address_of_peer(c.fd),
                    .body = std::move(body)});
}

void Reader::answered(const ports::ApiResponse& response) {
  Connection* c = connections_.table().find(response.conn);
  if (c != nullptr && c->phase == Phase::Answering) respond(*c, http_answer(response));
}

bool Reader::upgrade(Connection& c, const ws::HttpRequest& request) {
  if (const auto error = ws::judge_upgrade(request)) {
    const std::string_view status = ws::http_status(*error);
    return respond(
        c, http_response(status, fmt::format("{}: {} wants a WebSocket upgrade, version 13\n", status, kEndpoint),
                         ws::http_extra_headers(*error)));
  }
  if (!ws::origin_allowed(request.origin, node_.config.origins)) {
    return respond(c,
                   http_response("403 Forbidden",
                                 "pages of this origin may not connect; the operator can add it to server.origins\n"));
  }
  if (node_.draining) return respond(c, http_unavailable("draining; connect again in a moment"));
  // A proxy asks another node at once: here nobody would be welcomed.
  if (const std::string why = node_.isolation.why(); !why.empty()) {
    return respond(c, http_unavailable("nothing has its home here: " + why));
  }
  connections_.send(c, ports::SharedFrame(ws::upgrade_response(request.key)));
  connections_.upgraded(c);
  return true;
}

bool Reader::respond(Connection& c, std::string_view response) {
  while (response.size() > kResponsePiece) {
    connections_.send(c, ports::SharedFrame(response.substr(0, kResponsePiece)));
    response.remove_prefix(kResponsePiece);
  }
  connections_.close_after(c, ports::SharedFrame(response));
  return false;
}

// ---- messages -----------------------------------------------------------------------------------------------------

void Reader::read_frames(Connection& c, std::span<std::byte> bytes) {
  int pongs = 0;
  ports::SharedFrame last_pong;
  while (true) {
    const ws::Item item = c.parser.next(bytes);
    switch (item.kind) {
      case ws::Item::Kind::NeedMore:
        if (last_pong) connections_.send(c, std::move(last_pong));
        connections_.deadlines().message(c, c.parser.partial());
        return;
      case ws::Item::Kind::Message:
        connections_.deadlines().message(c, false);
        on_message(c, item.payload);
        break;
      case ws::Item::Kind::Ping:
        // One who reads nothing gets no pongs to pile up either.
        if (c.phase == Phase::Closing || c.blocked) break;
        if (++pongs <= kPongsPerRead) {
          connections_.send(c, pong_frame(item.payload));
        } else {
          last_pong = pong_frame(item.payload);
        }
        break;
      case ws::Item::Kind::Pong:
        break;
      case ws::Item::Kind::Close:
        on_peer_close(c, item.payload);
        break;
      case ws::Item::Kind::Error:
        on_violation(c, item);
        break;
    }
  }
}

void Reader::on_message(Connection& c, std::span<const std::byte> payload) {
  if (c.phase == Phase::Closing) return;
  auto frame = decoder_.client(payload);
  if (!frame) {
    if (frame.error() == wire::DecodeError::Ignorable) return;
    ++stats_.protocol_errors;
    return connections_.close(c, close_code::kProtocolError, wire::describe(frame.error()));
  }
  ++stats_.frames_in;
  if (c.phase == Phase::Greeting) return on_first_frame(c, std::move(*frame));
  core_.on(core::FrameReceived{c.id, std::move(*frame)});
}

void Reader::on_first_frame(Connection& c, wire::ClientFrame&& frame) {
  // Its user gave this attempt up, and may have logged in elsewhere meanwhile, whom it would fence.
  if (peer_has_gone(c.fd)) {
    ++stats_.logins_refused;
    return connections_.close(c, close_code::kNormal, "ended before it began");
  }
  auto connected = admit(*node_.authenticator, node_.api.revoked, c.id, std::move(frame), core_.now().wall);
  if (!connected) {
    ++stats_.logins_refused;
    return connections_.close(c, connected.error().close_code, connected.error().text);
  }
  ++stats_.logins;
  if (connected->claims.from_ticket) ++stats_.logins_by_ticket;
  const WallTime now = core_.now().wall;
  connections_.admitted(c, std::max(connected->claims.expires, now) - now);
  core_.on(std::move(*connected));
}

void Reader::on_peer_close(Connection& c, std::span<const std::byte> payload) {
  if (c.phase == Phase::Closing) return connections_.closed_by_both(c);
  connections_.close_after(c, close_reply(payload), says_goodbye(payload));
}

void Reader::on_violation(Connection& c, const ws::Item& item) {
  if (c.phase == Phase::Closing) return connections_.closed_by_both(c);
  ++stats_.protocol_errors;
  connections_.close(c, static_cast<std::uint16_t>(item.close_code), ws::describe(item.violation));
  // Nothing that the peer says now can be understood, its close frame included.
  connections_.closed_by_both(c);
}

}  // namespace starling::runtime
