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

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string upgrade_request(const UpgradeRequest& request) {
  std::string text = "GET ";
  text.append(request.target).append(" HTTP/1.1\r\nHost: ").append(request.host);
  text.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
  text.append(request.key).append("\r\n");
  if (!request.subprotocol.empty()) text.append("Sec-WebSocket-Protocol: ").append(request.subprotocol).append("\r\n");
  if (!request.origin.empty()) text.append("Origin: ").append(request.origin).append("\r\n");
  return text.append("\r\n");
}

Result<std::size_t, UpgradeFailure> check_upgrade_response(std::string_view bytes, std::string_view key,
                                                           std::string_view subprotocol) {
  const auto failed = [](UpgradeError error, int status = 0) { return fail(UpgradeFailure{error, status}); };
  switch (http::find_head(bytes)) {
    case http::Head::Incomplete:
      return failed(UpgradeError::Incomplete);
    case http::Head::TooLarge:
      return failed(UpgradeError::BadResponse);
    case http::Head::Complete:
      break;
  }

  beast_http::response_parser<beast_http::empty_body> parser;
  parser.header_limit(kHeadBytesMax);
  parser.skip(true);  // whatever body a refusal has is not ours to read
  boost::system::error_code ec;
  const std::size_t head_bytes = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
  if (ec || !parser.is_header_done()) return failed(UpgradeError::BadResponse);
  const auto& fields = parser.get().base();
  const int status = static_cast<int>(fields.result_int());
  if (status != 101) return failed(UpgradeError::Refused, status);
  if (!beast_http::token_list(fields[field::connection]).exists("upgrade") ||
      !beast_http::token_list(fields[field::upgrade]).exists("websocket")) {
    return failed(UpgradeError::NotWebSocket, status);
  }
  if (view(fields[field::sec_websocket_accept]) != accept_of(key)) return failed(UpgradeError::WrongAccept, status);
  if (view(fields[field::sec_websocket_protocol]) != subprotocol) return failed(UpgradeError::WrongSubprotocol, status);
  if (fields.count(field::sec_websocket_extensions) > 0) return failed(UpgradeError::UnknownExtension, status);
  return head_bytes;
}

}  // namespace starling::ws
