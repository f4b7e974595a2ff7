// A node in this process, with shorter timeouts than ever ship and a store that never answers: what slow and silent
// peers come to, and what a node says beyond its limits.
#include "server/runtime/node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <stdexcept>

#include "server/auth/authenticator.h"
#include "server/auth/token.h"
#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

class NodeTest : public testing::Test {
 protected:
  void start(const runtime::Config& config) {
    auto node = runtime::Node::create(config, core::Config{}, authenticator_);
    ASSERT_TRUE(node.has_value()) << node.error();
    node_ = std::move(*node);
    node_->start({.submit = [](ShardId, ports::StoreOp&&) {},
                  .healthy = [] { return false; },
                  .metrics = [] { return std::string(); }});
  }
  static runtime::Config quick() {
    runtime::Config config;
    config.port = 0;
    config.shards = 2;
    config.timeouts = {.upgrade = 300ms,
                       .hello = 300ms,
                       .message = 300ms,
                       .ping_after = 300ms,
                       .dead_after = 900ms,
                       .write_stall = 300ms,
                       .close_handshake = 300ms};
    return config;
  }
  /// Shipped timeouts, but for the one under test.
  template <class Field>
  static runtime::Config shortened(Field runtime::Timeouts::* field) {
    runtime::Config config = quick();
    const Field value = config.timeouts.*field;
    config.timeouts = runtime::Timeouts{};
    config.timeouts.*field = value;
    return config;
  }
  std::string token() const {
    const WallTime now = wall_now();
    return auth::mint_token(secret_, {UserId(7), DeviceId(9), now, now + 1h, {}});
  }

  auth::TokenSecret secret_ = (auth::init_crypto(), auth::make_token_secret(auth::KeyId(1)));
  auth::Authenticator authenticator_{
      {.token = {auth::public_half(secret_)}, .ticket = {auth::make_ticket_key(auth::KeyId(1))}}};
  std::unique_ptr<runtime::Node> node_;
};

TEST_F(NodeTest, OneWhoNeverFinishesTheRequestIsCutOff) {
  start(shortened(&runtime::Timeouts::upgrade));
  Stream stream(node_->port(), false);
  stream.write("GET /v1/ws HTTP/1.1\r\nHost: ");
  EXPECT_EQ(stream.read(), "");
}

TEST_F(NodeTest, OneWhoNeverSaysHelloIsToldSo) {
  start(shortened(&runtime::Timeouts::hello));
  Peer peer(node_->port());
  const Closed closed = peer.expect_close();
  EXPECT_EQ(closed.code, 4001);
  EXPECT_THAT(closed.reason, HasSubstr("Hello"));
}

TEST_F(NodeTest, AMessageThatIsNeverFinishedEndsTheConnection) {
  start(shortened(&runtime::Timeouts::message));
  Peer peer(node_->port());
  peer.send(wire::Hello{.token = token()});
  peer.stream().write(std::string("\x82\xFE\x01\x00", 4));  // 256 bytes to come
  EXPECT_EQ(peer.expect_close().code, 1008);
}

TEST_F(NodeTest, ASilentPeerIsPingedAndThenCutOff) {
  runtime::Config config = shortened(&runtime::Timeouts::ping_after);
  config.timeouts.dead_after = 900ms;
  start(config);
  Peer peer(node_->port());
  peer.send(wire::Hello{.token = token()});
  // Not a word more: not even a pong.
  EXPECT_EQ(peer.expect_close().code, 0);
}

TEST_F(NodeTest, OneWhoDoesNotCloseIsCutOff) {
  start(shortened(&runtime::Timeouts::close_handshake));
  Peer peer(node_->port());
  peer.send(wire::Hello{});  // refused
  EXPECT_EQ(peer.expect_close().code, 4001);
  EXPECT_EQ(peer.stream().read(), "");
}

TEST_F(NodeTest, BeyondItsConnectionsItSaysSo) {
  runtime::Config config;
  config.port = 0;
  config.shards = 1;
  config.connections_max = 2;
  start(config);
  Peer first(node_->port());
  auto second = std::make_unique<Peer>(node_->port());
  EXPECT_THAT(http_get(node_->port(), "/healthz"), StartsWith("HTTP/1.1 503 "));
  second.reset();
  // The place is free again once the server has seen it.
  std::string answer;
  for (int i = 0; i < 1000 && !answer.starts_with("HTTP/1.1 200 "); ++i) answer = http_get(node_->port(), "/healthz");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
}

TEST_F(NodeTest, BeyondItsUnauthenticatedConnectionsItSaysSo) {
  runtime::Config config;
  config.port = 0;
  config.shards = 1;
  config.unauthenticated_max = 1;
  start(config);
  Peer anonymous(node_->port());
  EXPECT_THAT(http_get(node_->port(), "/healthz"), StartsWith("HTTP/1.1 503 "));
  anonymous.send(wire::Hello{.token = token()});
  std::string answer;
  for (int i = 0; i < 1000 && !answer.starts_with("HTTP/1.1 200 "); ++i) answer = http_get(node_->port(), "/healthz");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
}

TEST_F(NodeTest, WithoutAStoreItIsHealthyButNotReady) {
  start(quick());
  EXPECT_THAT(http_get(node_->port(), "/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(http_get(node_->port(), "/readyz"), StartsWith("HTTP/1.1 503 "));
}

TEST_F(NodeTest, AFloodOfPingsGetsTheLastOneAnswered) {
  start(runtime::Config{.port = 0, .shards = 1});
  Peer peer(node_->port());
  peer.send(wire::Hello{.token = token()});
  std::vector<std::byte> flood;
  for (int i = 0; i < 5000; ++i)
    ws::append_client_frame(flood, ws::Opcode::Ping, std::as_bytes(std::span("x", 1)), {1});
  ws::append_client_frame(flood, ws::Opcode::Ping, std::as_bytes(std::span("last", 4)), {1});
  peer.stream().write({reinterpret_cast<const char*>(flood.data()), flood.size()});
  while (peer.expect_pong() != "last") {
  }
}

}  // namespace
}  // namespace starling::test
