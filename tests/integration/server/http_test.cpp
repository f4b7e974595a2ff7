// One port for WebSocket and for the pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class Http : public testing::Test {
 protected:
  TempDir dir_;
  ServerProcess server_{dir_, {.server = "origins = [\"https://chat.example.org\"]"}};
};

TEST_F(Http, HealthReadinessAndMetricsAreServed) {
  EXPECT_THAT(http_get(server_.port(), "/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(http_get(server_.port(), "/readyz"), StartsWith("HTTP/1.1 200 "));
  const std::string metrics = http_get(server_.port(), "/metrics");
  EXPECT_THAT(metrics, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(metrics, HasSubstr("\nstarling_sessions{shard=\"0\"} "));
  EXPECT_THAT(metrics, HasSubstr("\nstarling_flush_delay_seconds{shard=\"0\"} "));
}

TEST_F(Http, ARequestInPiecesIsOne) {
  Stream stream(server_.port(), false);
  for (const char c : std::string("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")) stream.write({&c, 1});
  EXPECT_THAT(stream.read(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(Http, WhatIsWrongWithARequestIsSaid) {
  EXPECT_THAT(http_get(server_.port(), "/etc/passwd"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(http_get(server_.port(), "/v1/ws"), StartsWith("HTTP/1.1 426 "));
  EXPECT_THAT(http(server_.port(), "\x16\x03\x01"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(http(server_.port(), "GET /healthz HTTP/1.1\r\nHost: localhost\r\nCookie: " + std::string(9000, 'c')),
              StartsWith("HTTP/1.1 431 "));
}

TEST(HttpDoor, WhoFindsNoRoomIsGivenASlotOfItsOwn) {
  TempDir dir;
  ServerProcess server(
      dir, {.server = "", .sections = "[runtime]\nshards = 1\nconnections_max = 1\n[limits]\nsessions_per_s = 1\n"});
  Peer first(server.port());
  first.login(server.token(UserId(1), DeviceId(1)));
  const auto seconds = [&] {
    const std::string answer = http_get(server.port(), "/v1/ws");
    const std::size_t at = answer.find("\r\nRetry-After: ");
    return at == std::string::npos ? 0 : std::stoi(answer.substr(at + 15));
  };
  int before = seconds();
  EXPECT_GE(before, 5);
  for (int i = 0; i < 4; ++i) {
    const int now = seconds();
    EXPECT_GT(now, before);
    before = now;
  }
}

TEST(HttpDoor, AnOperatorSeesAServerThatIsFullAndNobodyElseComesIn) {
  TempDir dir;
  ServerProcess server(dir, {.server = "", .sections = "[runtime]\nconnections_max = 2\n"});
  Peer first(server.port());
  Peer second(server.port());
  first.login(server.token(UserId(1), DeviceId(1)));
  second.login(server.token(UserId(2), DeviceId(2)));
  EXPECT_THAT(http_get(server.port(), "/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(http_get(server.port(), "/readyz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(http_get(server.port(), "/metrics"), HasSubstr("\nstarling_connections_max 2\n"));
  for (const char* path : {"/v1/ws", "/v1/server"}) {
    EXPECT_THAT(http_get(server.port(), path), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("\r\nRetry-After: ")));
  }
  // The spare ones are few, and come back.
  std::vector<std::unique_ptr<Stream>> idle;
  const auto metrics = [&] { return status_of(http_get(server.port(), "/metrics")); };
  // A question itself takes one, until the server has seen that it is over.
  const auto lets_in_within = [&](int tries) {
    while (metrics() != 200) {
      if (--tries < 0) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
  };
  while (lets_in_within(25) && idle.size() < 50) idle.push_back(std::make_unique<Stream>(server.port(), false));
  EXPECT_EQ(metrics(), 503);
  EXPECT_GE(idle.size(), 8u);
  idle.clear();
  EXPECT_TRUE(lets_in_within(500));
}

TEST_F(Http, OnlyPagesOfAllowedOriginsMayConnect) {
  Peer allowed(server_.port(), false, "https://chat.example.org");
  for (const char* origin : {"https://evil.example.org", "http://chat.example.org", "https://chat.example.org.evil.com",
                             "https://chat.example.org:8443", "null"}) {
    try {
      Peer refused(server_.port(), false, origin);
      ADD_FAILURE() << origin << " was let in";
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), HasSubstr("403")) << origin;
    }
  }
}

}  // namespace
}  // namespace starling::test
