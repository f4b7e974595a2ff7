// A node in this process, with shorter timeouts than ever ship and a store that never answers: what slow and silent
// peers come to, and what a node says beyond its limits.
#include "server/runtime/node.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

#include "common/wire/limits.h"
#include "server/auth/authenticator.h"
#include "server/auth/token.h"
#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

/// Connects where Stream would not: with only half of it, or when no descriptor is left.
class RawSocket {
 public:
  RawSocket() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  explicit RawSocket(std::uint16_t port) : RawSocket() { connect(port); }
  ~RawSocket() { ::close(fd_); }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  void connect(std::uint16_t port) const {
    const sockaddr_in to{
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }
  void ask(std::string_view path) const {
    const std::string request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    EXPECT_EQ(::send(fd_, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  }
  void end_own_side() const { ::shutdown(fd_, SHUT_WR); }
  std::string read_to_end() const {
    std::string all;
    std::string part(64 * 1024, '\0');
    for (ssize_t n = 1; n > 0;) {
      n = ::recv(fd_, part.data(), part.size(), 0);
      if (n > 0) all.append(part, 0, static_cast<std::size_t>(n));
    }
    return all;
  }

 private:
  int fd_;
};

/// Of the first shard.
std::uint64_t figure(const std::string& page, const std::string& name) {
  const auto at = page.find("\n" + name + "{shard=\"0\"} ");
  if (at == std::string::npos) throw std::runtime_error("no " + name + " in " + page);
  return std::stoull(page.substr(page.find(' ', at) + 1));
}

class NodeTest : public testing::Test {
 protected:
  void start(const runtime::Config& config) {
    auto node = runtime::Node::create(config, core::Config{}, authenticator_);
    ASSERT_TRUE(node.has_value()) << node.error().text;
    node_ = std::move(*node);
    node_->start({.submit = [](ShardId, ports::StoreOp&&) {},
                  .healthy = [] { return false; },
                  .metrics = [this] { return metrics_; }});
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
                       .close_handshake = 300ms,
                       .after_expiry = 300ms};
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
  std::string token(std::chrono::milliseconds valid = 1h) const {
    const WallTime now = wall_now();
    return auth::mint_token(secret_, {UserId(7), DeviceId(9), now, now + valid, {}});
  }

  auth::TokenSecret secret_ = (auth::init_crypto(), auth::make_token_secret(auth::KeyId(1)));
  auth::Authenticator authenticator_{
      {.token = {auth::public_half(secret_)}, .ticket = {auth::make_ticket_key(auth::KeyId(1))}}};
  std::string metrics_;  // of the store
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
  EXPECT_EQ(closed.code, 4008) << "whoever is only slow is not signed out";
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
  EXPECT_THAT(http_get(node_->port(), "/v1/ws"), StartsWith("HTTP/1.1 503 "));
  second.reset();
  // The place is free again once the server has seen it.
  std::string answer;
  for (int i = 0; i < 1000 && !answer.starts_with("HTTP/1.1 426 "); ++i) answer = http_get(node_->port(), "/v1/ws");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 426 "));
}

TEST_F(NodeTest, BeyondItsUnauthenticatedConnectionsItSaysSo) {
  runtime::Config config;
  config.port = 0;
  config.shards = 1;
  config.unauthenticated_max = 1;
  start(config);
  Peer anonymous(node_->port());
  EXPECT_THAT(http_get(node_->port(), "/v1/ws"), StartsWith("HTTP/1.1 503 "));
  anonymous.send(wire::Hello{.token = token()});
  std::string answer;
  for (int i = 0; i < 1000 && !answer.starts_with("HTTP/1.1 426 "); ++i) answer = http_get(node_->port(), "/v1/ws");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 426 "));
}

TEST_F(NodeTest, WhoIsAnsweredAndStaysStillCountsAsUnauthenticated) {
  runtime::Config config;
  config.port = 0;
  config.shards = 1;
  config.unauthenticated_max = 1;
  start(config);
  Stream stays(node_->port(), false);
  stays.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(stays.read(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(http_get(node_->port(), "/v1/ws"), StartsWith("HTTP/1.1 503 "));
}

TEST_F(NodeTest, BeforeHelloNothingLongerThanAHelloIsHeld) {
  start(runtime::Config{.port = 0, .shards = 1});
  Peer stranger(node_->port());
  stranger.send_frame(ws::Opcode::Binary, std::string(2049, 'x'));
  EXPECT_EQ(stranger.expect_close().code, 1009);

  Peer longest(node_->port());
  longest.send(wire::Hello{.token = std::string(wire::limits::kTokenBytesMax, 'x'),
                           .agent = std::string(wire::limits::kAgentBytesMax, 'x')});
  EXPECT_EQ(longest.expect_close().code, 4001);

  Peer member(node_->port());
  member.send(wire::Hello{.token = token()});
  member.send_frame(ws::Opcode::Binary, std::string(64 * 1024, '\xFF'));
  EXPECT_EQ(member.expect_close().code, 1008);  // taken whole, and then found to be no frame
}

TEST_F(NodeTest, AConnectionEndsSoonAfterItsToken) {
  start(shortened(&runtime::Timeouts::after_expiry));
  Peer peer(node_->port());
  peer.send(wire::Hello{.token = token(500ms)});
  EXPECT_EQ(peer.expect_close().code, 4002);
}

TEST_F(NodeTest, OneWhoEndsItsSideGetsItsWholeAnswer) {
  metrics_ = std::string(4'000'000, 'x');
  start(runtime::Config{.port = 0, .shards = 1});
  const RawSocket client(node_->port());
  client.ask("/metrics");
  client.end_own_side();
  EXPECT_THAT(client.read_to_end(), AllOf(StartsWith("HTTP/1.1 200 "), testing::SizeIs(testing::Gt(4'000'000u))));
}

TEST_F(NodeTest, WithoutDescriptorsItWaitsAndDoesNotSpin) {
  start(runtime::Config{.port = 0, .shards = 1});
  const RawSocket first(node_->port());
  const RawSocket second(node_->port());
  const RawSocket late;
  http_get(node_->port(), "/healthz");  // both before it are accepted now
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none{.rlim_cur = 3, .rlim_max = limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  first.ask("/metrics");
  const std::uint64_t turns = figure(first.read_to_end(), "starling_turns_total");
  late.connect(node_->port());
  ::poll(nullptr, 0, 2500);
  second.ask("/metrics");
  const std::string page = second.read_to_end();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_GE(figure(page, "starling_accepts_failed_total"), 1u);
  EXPECT_LT(figure(page, "starling_turns_total") - turns, 1000u);
  late.ask("/healthz");
  EXPECT_THAT(late.read_to_end(), StartsWith("HTTP/1.1 200 "));
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
