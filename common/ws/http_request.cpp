#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "common/ws/handshake.h"
#include "common/ws/http_head.h"

namespace starling::ws {
namespace {

namespace beast_http = boost::beast::http;
using beast_http::field;
using Fields = beast_http::request_header<>;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool has_token(const Fields& fields, field name, boost::beast::string_view token) {
  for (auto [at, end] = fields.equal_range(name); at != end; ++at) {
    if (beast_http::token_list(at->value()).exists(token)) return true;
  }
  return false;
}

/// These decide who is asked for what: a second one means that somebody on the way reads another request than we do.
bool repeats_a_single_field(const Fields& fields) {
  for (const field name : {field::host, field::origin, field::sec_websocket_key, field::sec_websocket_version,
                           field::content_length, field::content_type, field::authorization}) {
    if (fields.count(name) > 1) return true;
  }
  return false;
}

/// The last address of the last field: what the nearest proxy has seen.
std::string_view forwarded_for(const Fields& fields) {
  std::string_view last;
  for (auto [at, end] = fields.equal_range("X-Forwarded-For"); at != end; ++at) last = view(at->value());
  const auto comma = last.rfind(',');
  if (comma != std::string_view::npos) last.remove_prefix(comma + 1);
  while (last.starts_with(' ')) last.remove_prefix(1);
  while (last.ends_with(' ')) last.remove_suffix(1);
  return last;
}

bool is_key(std::string_view key) {
  const auto base64 = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  // 16 bytes in base64.
  return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.begin() + 22, base64);
}

}  // namespace

Result<HttpRequest, HttpError> parse_request(std::string_view bytes) {
  // A method, at once: who speaks TLS or nonsense need not send 8 KiB of it.
  if (!bytes.empty() && (bytes[0] < 'A' || bytes[0] > 'Z')) return fail(HttpError::BadRequest);
  switch (http::find_head(bytes)) {
    case http::Head::Incomplete:
      return fail(HttpError::Incomplete);
    case http::Head::TooLarge:
      return fail(HttpError::HeadTooLarge);
    case http::Head::Complete:
      break;
  }

  beast_http::request_parser<beast_http::empty_body> parser;
  parser.header_limit(kHeadBytesMax);
  boost::system::error_code ec;
  const std::size_t head_bytes = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
  if (ec == beast_http::error::header_limit) return fail(HttpError::HeadTooLarge);
  if (ec == beast_http::error::body_limit) return fail(HttpError::BodyRefused);
  if (ec || !parser.is_header_done()) return fail(HttpError::BadRequest);
  const Fields& fields = parser.get().base();
  if (repeats_a_single_field(fields)) return fail(HttpError::BadRequest);
  // Any transfer coding, not only "chunked": whoever stands before us may read a body where we read the next request.
  if (fields.count(field::transfer_encoding) > 0) return fail(HttpError::BodyRefused);
  const bool http_1_1 = fields.version() == 11;
  if (http_1_1 && fields.count(field::host) == 0) return fail(HttpError::BadRequest);

  HttpRequest request;
  request.method = view(fields.method_string());
  request.target = view(fields.target());
  if (const auto origin = fields.find(field::origin); origin != fields.end()) request.origin = view(origin->value());
  request.host = view(fields[field::host]);
  request.authorization = view(fields[field::authorization]);
  request.content_type = view(fields[field::content_type]);
  request.forwarded_for = forwarded_for(fields);
  if (const auto length = parser.content_length()) request.content_length = *length;
  request.head_bytes = head_bytes;
  request.wants_upgrade =
      has_token(fields, field::connection, "upgrade") && has_token(fields, field::upgrade, "websocket");
  request.key = view(fields[field::sec_websocket_key]);
  request.version = view(fields[field::sec_websocket_version]);
  request.http_1_1 = http_1_1;
  return request;
}

std::optional<HttpError> judge_upgrade(const HttpRequest& request) {
  if (request.content_length.value_or(0) > 0) return HttpError::BodyRefused;
  if (request.method != "GET") return HttpError::MethodNotAllowed;
  if (!request.wants_upgrade) return HttpError::UpgradeRequired;
  if (!request.http_1_1) return HttpError::BadRequest;
  if (request.version != "13") return HttpError::UpgradeRequired;
  if (!is_key(request.key)) return HttpError::BadRequest;
  return std::nullopt;
}

std::string_view http_status(HttpError error) {
  switch (error) {
    case HttpError::Incomplete:
    case HttpError::BadRequest:
      break;
    case HttpError::MethodNotAllowed:
      return "405 Method Not Allowed";
    case HttpError::BodyRefused:
      return "413 Content Too Large";
    case HttpError::HeadTooLarge:
      return "431 Request Header Fields Too Large";
    case HttpError::UpgradeRequired:
      return "426 Upgrade Required";
  }
  return "400 Bad Request";
}

std::string_view http_extra_headers(HttpError error) {
  if (error == HttpError::MethodNotAllowed) return "Allow: GET\r\n";
  // RFC 9110 section 15.5.22 wants Upgrade in the answer, RFC 6455 section 4.4 the version.
  if (error == HttpError::UpgradeRequired) return "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
  return {};
}

std::string upgrade_response(std::string_view key, std::string_view subprotocol) {
  std::string response =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
  response.append(accept_of(key)).append("\r\n");
  if (!subprotocol.empty()) response.append("Sec-WebSocket-Protocol: ").append(subprotocol).append("\r\n");
  return response.append("\r\n");
}

}  // namespace starling::ws
