// Connections over real sockets and a virtual clock.
#include "server/runtime/connections.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace starling::runtime {
namespace {

class ConnectionsTest : public testing::Test {
 protected:
  ~ConnectionsTest() override {
    for (const int peer : peers_) ::close(peer);
  }
  Connection& admitted() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    peers_.push_back(ends[1]);
    const int little = 1;  // the kernel makes it some KB
    ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &little, sizeof little);
    node_.connections.fetch_add(1);
    connections_.open(ends[0]);
    Connection* opened = nullptr;
    connections_.table().for_each([&](Connection& c) {
      if (c.fd == ends[0]) opened = &c;
    });
    connections_.upgraded(*opened);
    connections_.admitted(*opened, 1h);
    opened->in_core = false;  // the core under this has no sessions
    return *opened;
  }
  void queue_to_all(std::size_t bytes) {
    const ports::SharedFrame frame(std::string(bytes, 'x'));
    connections_.table().for_each([&](Connection& c) {
      if (c.phase == Phase::Open) connections_.send(c, frame);
    });
  }
  void at(Duration now) {
    connections_.deadlines().set_now(Instant(now));
    connections_.expire();
    connections_.flush();
  }
  std::size_t closing() const { return connections_.closing(); }

  NodeContext node_;
  Stats stats_;
  CoreDriver core_{
      core::Shard({}, ShardId(0), {.id = ViewId(1), .nodes = {{.shards = 1}}, .shards = {ShardId(0)}}, 1, 1),
      node_.store_clock};
  Connections connections_{node_, core_, stats_, Instant(0s)};
  std::vector<int> peers_;
};

TEST_F(ConnectionsTest, EveryOneOfAThousandWhoReadNothingIsClosedAfterThirtySeconds) {
  for (int i = 0; i < 1000; ++i) admitted();
  // More than their sockets take, in many turns of 256 writes: the last byte is taken at 4 s at the latest.
  queue_to_all(60'000);
  for (int turn = 0; turn < 40; ++turn) at(turn * 100ms);
  std::size_t stuck = 0;
  connections_.table().for_each([&](Connection& c) { stuck += c.blocked ? 1 : 0; });
  ASSERT_EQ(stuck, 1000u) << "the sockets take more than this test offers";
  for (int s = 4; s < 30; ++s) {
    connections_.table().for_each([&](Connection& c) { connections_.deadlines().heard(c); });
    at(s * 1s);
  }
  EXPECT_EQ(closing(), 0u);
  at(34s);
  EXPECT_EQ(closing(), 1000u);
  at(38s);
  EXPECT_EQ(connections_.table().size(), 0u);
}

TEST_F(ConnectionsTest, WhoseAnswerWasNotReadYetIsNotGivenUp) {
  admitted();
  admitted();
  at(25s);
  ASSERT_EQ(::send(peers_[1], "x", 1, 0), 1);
  at(33s);
  ASSERT_EQ(connections_.table().size(), 1u);
  char byte = 0;
  connections_.table().for_each([&](Connection& c) { EXPECT_EQ(::recv(c.fd, &byte, 1, 0), 1); });
  at(33s + Deadlines::kTick);
  EXPECT_EQ(connections_.table().size(), 0u) << "nothing of it is unread any more";
}

TEST_F(ConnectionsTest, WhoWasReadJustNowAndSaysSomethingElseHasNoMoreTime) {
  Connection& c = admitted();
  connections_.deadlines().message(c, true);
  ASSERT_EQ(::send(peers_[0], "x", 1, 0), 1);
  at(10s);
  EXPECT_EQ(closing(), 0u);
  connections_.deadlines().set_now(Instant(10s + Deadlines::kTick));
  connections_.deadlines().heard(c);
  at(10s + Deadlines::kTick);
  EXPECT_EQ(closing(), 1u);
}

TEST_F(ConnectionsTest, OneWhoGetsNothingOwesNothing) {
  Connection& c = admitted();
  queue_to_all(100);
  at(0s);
  for (int s = 1; s < 100; ++s) {
    connections_.deadlines().heard(c);
    at(s * 1s);
  }
  EXPECT_EQ(closing(), 0u);
}

TEST_F(ConnectionsTest, WhoEndsItsSideStillGetsWhatWasSaidLast) {
  Connection& c = admitted();
  connections_.close_after(c, ports::SharedFrame(std::string(1000, 'x')));
  connections_.peer_ended(c);
  at(0s);
  std::string got(2000, '\0');
  EXPECT_EQ(::recv(peers_[0], got.data(), got.size(), 0), 1000);
  EXPECT_EQ(::recv(peers_[0], got.data(), got.size(), 0), 0);
}

TEST_F(ConnectionsTest, NobodyCountsAsAuthenticatedForBeingRefused) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  peers_.push_back(ends[1]);
  connections_.open(ends[0]);
  Connection* c = nullptr;
  connections_.table().for_each([&](Connection& each) { c = &each; });
  EXPECT_EQ(node_.unauthenticated, 1u);
  connections_.close_after(*c, ports::SharedFrame(std::string("no")));
  EXPECT_EQ(node_.unauthenticated, 1u);
  at(0s);
  at(4s);
  EXPECT_EQ(connections_.table().size(), 0u);
  EXPECT_EQ(node_.unauthenticated, 0u);
}

TEST(ReservedDescriptors, AShardTakesSixAndTheStoreSomeThirty) {
  for (std::uint32_t shards = 1; shards <= 64; ++shards) EXPECT_GE(reserved_descriptors(shards), 6 * shards + 30 + 16);
}

}  // namespace
}  // namespace starling::runtime
