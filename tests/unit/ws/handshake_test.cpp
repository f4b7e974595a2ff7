#include "common/ws/handshake.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace starling::ws {
namespace {

constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";  // section 1.3
constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

std::string head(std::string_view start, std::string_view fields) {
  return std::string(start).append("\r\n").append(fields).append("\r\n");
}

const std::string kUpgradeFields =
    "Host: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

std::string upgrade(std::string_view more = {}) {
  return head("GET /v1/ws HTTP/1.1", kUpgradeFields + std::string(more));
}

std::string without(std::string_view field) {
  std::string fields = kUpgradeFields;
  const auto begin = fields.find(field);
  fields.erase(begin, fields.find("\r\n", begin) + 2 - begin);
  return head("GET /v1/ws HTTP/1.1", fields);
}

std::string with(std::string_view field, std::string_view value) {
  std::string request = without(field);
  return request.insert(request.size() - 2, std::string(field).append(": ").append(value).append("\r\n"));
}

std::optional<HttpError> judge(const std::string& bytes) {
  const auto request = parse_request(bytes);
  return request ? judge_upgrade(*request) : request.error();
}

TEST(WsAccept, OfTheRfcsExample) { EXPECT_EQ(kAccept, accept_of(kKey)); }

TEST(WsAccept, AKeyIsSixteenBytesInBase64) {
  std::array<std::byte, 16> random;
  const std::string_view nonce = "the sample nonce";
  std::ranges::transform(nonce, random.begin(), [](char c) { return static_cast<std::byte>(c); });
  EXPECT_EQ(kKey, make_key(random));
}

TEST(WsUpgradeRequest, IsReadWithAllItSays) {
  const auto request =
      parse_request(upgrade("Origin: https://chat.example.org\r\nSec-WebSocket-Protocol: a, b\r\n"
                            "Sec-WebSocket-Protocol: c\r\n"));
  ASSERT_TRUE(request);
  EXPECT_EQ("GET", request->method);
  EXPECT_EQ("/v1/ws", request->target);
  EXPECT_EQ("https://chat.example.org", request->origin);
  EXPECT_EQ(kKey, request->key);
  EXPECT_EQ(std::nullopt, judge_upgrade(*request));
}

TEST(WsUpgradeRequest, AnAbsentOriginIsNotAnEmptyOne) {
  EXPECT_EQ(std::nullopt, parse_request(upgrade())->origin);
  EXPECT_EQ("", parse_request(upgrade("Origin:\r\n"))->origin);
}

TEST(WsUpgradeRequest, IsIncompleteUntilItsLastByte) {
  const std::string bytes = upgrade();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto request = parse_request(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(request);
    ASSERT_EQ(HttpError::Incomplete, request.error()) << size;
  }
}

TEST(WsUpgradeRequest, FramesThatComeWithItAreLeftAlone) {
  const std::string bytes = upgrade();
  const auto request = parse_request(bytes + "\x82\x80\r\n\r\n");
  ASSERT_TRUE(request);
  EXPECT_EQ(bytes.size(), request->head_bytes);
}

TEST(WsUpgradeRequest, TokensAreComparedWithoutCaseAndInLists) {
  EXPECT_EQ(std::nullopt, judge(with("Upgrade", "WebSocket")));
  EXPECT_EQ(std::nullopt, judge(with("Upgrade", "h2c, websocket")));
  EXPECT_EQ(std::nullopt, judge(with("Connection", "keep-alive, upgrade")));
}

TEST(WsUpgradeRequest, WhatIsMissingIsSaid) {
  EXPECT_EQ(HttpError::UpgradeRequired, judge(without("Upgrade")));
  EXPECT_EQ(HttpError::UpgradeRequired, judge(without("Connection")));
  EXPECT_EQ(HttpError::UpgradeRequired, judge(with("Upgrade", "websocket2")));
  EXPECT_EQ(HttpError::UpgradeRequired, judge(with("Sec-WebSocket-Version", "8")));
  EXPECT_EQ(HttpError::UpgradeRequired, judge(without("Sec-WebSocket-Version")));
  EXPECT_EQ(HttpError::BadRequest, judge(without("Sec-WebSocket-Key")));
  EXPECT_EQ(HttpError::BadRequest, judge(without("Host")));
  EXPECT_EQ(HttpError::BadRequest, judge(head("GET /v1/ws HTTP/1.0", kUpgradeFields)));
  EXPECT_EQ(HttpError::MethodNotAllowed, judge(head("POST /v1/ws HTTP/1.1", kUpgradeFields)));
}

TEST(WsUpgradeRequest, AKeyOfAnotherLengthOrAlphabetIsRefused) {
  for (const char* key : {"", "x", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZQAA",
                          "dGhlIHNhbXBsZSBub25j!Q==", "=GhlIHNhbXBsZSBub25jZQ=="}) {
    EXPECT_EQ(HttpError::BadRequest, judge(with("Sec-WebSocket-Key", key))) << key;
  }
}

TEST(WsUpgradeRequest, AFieldThatStandsTwiceIsRefused) {
  for (const char* more : {"Host: other\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                           "Sec-WebSocket-Version: 13\r\n", "Origin: a\r\nOrigin: b\r\n"}) {
    EXPECT_EQ(HttpError::BadRequest, judge(upgrade(more))) << more;
  }
}

TEST(WsUpgradeRequest, ABodyIsRefused) {
  EXPECT_EQ(HttpError::BodyRefused, judge(upgrade("Content-Length: 5\r\n") + "hello"));
  EXPECT_EQ(HttpError::BodyRefused, judge(upgrade("Transfer-Encoding: chunked\r\n")));
  EXPECT_EQ(HttpError::BodyRefused, judge(upgrade("Transfer-Encoding: identity\r\n")));
  EXPECT_EQ(HttpError::BodyRefused, judge(upgrade("Content-Length: 1000000000000\r\n")));
  EXPECT_EQ(std::nullopt, judge(upgrade("Content-Length: 0\r\n")));
}

TEST(WsUpgradeRequest, AHeadOfTheLimitIsTakenAndOneByteMoreIsRefused) {
  const std::size_t rest = kHeadBytesMax - upgrade("X: \r\n").size();
  const std::string most = upgrade("X: " + std::string(rest, 'x') + "\r\n");
  ASSERT_EQ(kHeadBytesMax, most.size());
  EXPECT_EQ(std::nullopt, judge(most));
  EXPECT_EQ(std::nullopt, judge(most + "frames"));
  EXPECT_EQ(HttpError::HeadTooLarge, judge(upgrade("X: " + std::string(rest + 1, 'x') + "\r\n")));
  EXPECT_EQ(HttpError::HeadTooLarge, judge("GET /" + std::string(kHeadBytesMax, 'a')));
}

TEST(WsUpgradeRequest, WhatIsNotHttpIsRefusedAtOnce) {
  EXPECT_EQ(HttpError::BadRequest, judge("\x16\x03\x01"));  // TLS
  EXPECT_EQ(HttpError::BadRequest, judge("get / HTTP/1.1\r\n"));
  EXPECT_EQ(HttpError::BadRequest, judge("NONSENSE\r\n\r\n"));
  EXPECT_EQ(HttpError::BadRequest, judge("GET /v1/ws HTTP/9.9\r\n\r\n"));
  EXPECT_EQ(HttpError::BadRequest, judge(upgrade("no colon\r\n")));
  EXPECT_EQ(HttpError::BadRequest, judge(upgrade("Content-Length: 1\r\nContent-Length: 2\r\n")));
}

TEST(WsPlainRequest, IsReadByTheSameParser) {
  const auto request = parse_request("GET /metrics?x=1 HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(request);
  EXPECT_EQ("/metrics?x=1", request->target);
  EXPECT_FALSE(request->wants_upgrade);
  EXPECT_EQ(HttpError::UpgradeRequired, judge_upgrade(*request));
  EXPECT_TRUE(parse_request("HEAD /healthz HTTP/1.0\r\n\r\n"));
}

TEST(WsPlainRequest, ABodysLengthIsTheCallersToJudge) {
  const auto request = parse_request(
      "POST /v1/login HTTP/1.1\r\nHost: h:8008\r\nContent-Type: application/json\r\nContent-Length: 12\r\n"
      "Authorization: Bearer abc\r\nX-Forwarded-For: 10.0.0.1, 192.0.2.7\r\n\r\n{}");
  ASSERT_TRUE(request);
  EXPECT_EQ(12u, request->content_length);
  EXPECT_EQ("h:8008", request->host);
  EXPECT_EQ("application/json", request->content_type);
  EXPECT_EQ("Bearer abc", request->authorization);
  EXPECT_EQ("192.0.2.7", request->forwarded_for);  // the nearest proxy's word: the rest is the peer's
  EXPECT_EQ(std::nullopt, parse_request("GET / HTTP/1.1\r\nHost: h\r\n\r\n")->content_length);
}

TEST(WsPlainRequest, ACredentialThatStandsTwiceIsRefused) {
  const auto request =
      parse_request("GET /v1/me HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n");
  ASSERT_FALSE(request);
  EXPECT_EQ(HttpError::BadRequest, request.error());
}

TEST(WsHttpErrors, AreAnsweredAsTheStandardsWant) {
  EXPECT_EQ("400 Bad Request", http_status(HttpError::BadRequest));
  EXPECT_EQ("405 Method Not Allowed", http_status(HttpError::MethodNotAllowed));
  EXPECT_EQ("413 Content Too Large", http_status(HttpError::BodyRefused));
  EXPECT_EQ("426 Upgrade Required", http_status(HttpError::UpgradeRequired));
  EXPECT_EQ("431 Request Header Fields Too Large", http_status(HttpError::HeadTooLarge));
  EXPECT_EQ("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n", http_extra_headers(HttpError::UpgradeRequired));
  EXPECT_EQ("Allow: GET\r\n", http_extra_headers(HttpError::MethodNotAllowed));
  EXPECT_EQ("", http_extra_headers(HttpError::BadRequest));
}

TEST(WsUpgrade, ClientAndServerAgree) {
  const UpgradeRequest wanted{
      .host = "localhost:8008", .target = "/v1/ws", .key = kKey, .subprotocol = "p", .origin = "o"};
  const auto request = parse_request(upgrade_request(wanted));
  ASSERT_TRUE(request);
  EXPECT_EQ(std::nullopt, judge_upgrade(*request));
  EXPECT_EQ("o", request->origin);

  const std::string response = upgrade_response(request->key, "p");
  const auto accepted = check_upgrade_response(response + "\x82\x01x", kKey, "p");
  ASSERT_TRUE(accepted);
  EXPECT_EQ(response.size(), *accepted);
}

TEST(WsUpgrade, WithoutSubprotocolAndOrigin) {
  const std::string bytes = upgrade_request({.host = "h", .target = "/", .key = kKey});
  EXPECT_EQ(std::string::npos, bytes.find("Origin"));
  EXPECT_EQ(std::string::npos, bytes.find("Protocol"));
  EXPECT_TRUE(check_upgrade_response(upgrade_response(kKey), kKey));
}

UpgradeError refusal(const std::string& response, std::string_view subprotocol = {}) {
  const auto checked = check_upgrade_response(response, kKey, subprotocol);
  EXPECT_FALSE(checked) << response;
  return checked ? UpgradeError::Incomplete : checked.error().error;
}

std::string replaced(std::string_view what, std::string_view by) {
  std::string response = upgrade_response(kKey);
  return response.replace(response.find(what), what.size(), by);
}

TEST(WsUpgradeResponse, IsIncompleteUntilItsLastByte) {
  const std::string bytes = upgrade_response(kKey);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_EQ(UpgradeError::Incomplete, refusal(bytes.substr(0, size))) << size;
  }
}

TEST(WsUpgradeResponse, WhatIsWrongIsSaid) {
  EXPECT_EQ(UpgradeError::BadResponse, refusal("nonsense\r\n\r\n"));
  EXPECT_EQ(UpgradeError::BadResponse, refusal(std::string(kHeadBytesMax, 'x')));
  EXPECT_EQ(UpgradeError::NotWebSocket, refusal(replaced("websocket", "h2c")));
  EXPECT_EQ(UpgradeError::NotWebSocket, refusal(replaced("Connection: Upgrade", "Connection: close")));
  EXPECT_EQ(UpgradeError::WrongAccept, refusal(replaced(kAccept, "AAAALMBiTxaQ9kYGzzhZRbK+xOo=")));
  EXPECT_EQ(UpgradeError::WrongSubprotocol, refusal(upgrade_response(kKey), "p"));
  EXPECT_EQ(UpgradeError::WrongSubprotocol, refusal(upgrade_response(kKey, "q"), "p"));
  EXPECT_EQ(UpgradeError::WrongSubprotocol, refusal(upgrade_response(kKey, "unasked")));
  EXPECT_EQ(
      UpgradeError::UnknownExtension,
      refusal(replaced("Connection: Upgrade", "Sec-WebSocket-Extensions: permessage-deflate\r\nConnection: Upgrade")));
}

TEST(WsUpgradeResponse, ARefusalSaysItsStatus) {
  const auto checked =
      check_upgrade_response("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nlater", kKey);
  ASSERT_FALSE(checked);
  EXPECT_EQ(UpgradeError::Refused, checked.error().error);
  EXPECT_EQ(503, checked.error().status);
}

}  // namespace
}  // namespace starling::ws
