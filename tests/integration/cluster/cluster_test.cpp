// Nodes that share a database: what is said at one is heard at the others, and goes on when one of them is gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "server/app/exit_codes.h"
#include "tests/integration/cluster/nodes.h"
#include "tests/integration/cluster/talk.h"

namespace starling::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Cluster, WhatIsSaidAtOneNodeIsHeardAtTheOthers) {
  Nodes nodes(3);
  const auto ada = connect(nodes[0], kAda, 1);
  const auto bob = connect(nodes[1], kBob, 1);
  const auto bobs_phone = connect(nodes[2], kBob, 2);
  // Rooms that have their homes everywhere.
  for (std::uint64_t i = 1; i <= 6; ++i) {
    const RoomId room = ada->create_room(i, {kBob});
    const wire::SyncedRoom synced = ada->sync(room);
    bob->sync(room);
    bobs_phone->sync(room);
    const Seq seq = say(*ada, room, synced.epoch, 1, "from one node to two");
    ASSERT_TRUE(seq);
    EXPECT_TRUE(hears(*bob, seq)) << i;
    EXPECT_TRUE(hears(*bobs_phone, seq)) << i;
  }
}

TEST(Cluster, ANodeThatDiesTakesNothingWithIt) {
  Nodes nodes(3, "[limits]\nwindow_events = 1000\n");
  const auto ada = connect(nodes[0], kAda, 1);
  auto bob = connect(nodes[1], kBob, 1);
  std::vector<RoomId> rooms;
  for (std::uint64_t i = 1; i <= 6; ++i) rooms.push_back(ada->create_room(i, {kBob}));
  std::vector<Epoch> epochs;
  for (const RoomId room : rooms) epochs.push_back(ada->sync(room).epoch);
  for (std::size_t i = 0; i < rooms.size(); ++i) ASSERT_TRUE(say(*ada, rooms[i], epochs[i], 1, "before"));
  nodes[1].kill_hard();
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    ASSERT_TRUE(say(*ada, rooms[i], epochs[i], 2, "while it is gone")) << i;
  }
  bob = connect(nodes[2], kBob, 1);
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    bob->sync(rooms[i]);
    const Seq last = say(*ada, rooms[i], epochs[i], 3, "to the other node");
    EXPECT_TRUE(hears(*bob, last)) << i;
  }
  nodes[1].restart();
  const auto back = connect(nodes[1], kBob, 2);
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    back->sync(rooms[i]);
    EXPECT_TRUE(hears(*back, say(*ada, rooms[i], epochs[i], 4, "and back"))) << i;
  }
  EXPECT_EQ(nodes.sql().run("SELECT count(*) FROM events WHERE kind = 1"), "24") << "each message once";
}

TEST(Cluster, WhoStoodStillForLongerThanItsLeaseIsPutOutAndEnds) {
  Nodes nodes(2);
  const auto ada = connect(nodes[0], kAda, 1);
  const RoomId room = ada->create_room(1);
  const Epoch epoch = ada->sync(room).epoch;
  nodes[1].process().signal(SIGSTOP);
  std::this_thread::sleep_for(5s);  // a lease lasts three
  ASSERT_TRUE(say(*ada, room, epoch, 1, "without it"));
  nodes[1].process().signal(SIGCONT);
  EXPECT_EQ(nodes[1].process().wait(), app::kExitTryAgain) << log_of(nodes[1]);
  EXPECT_THAT(log_of(nodes[1]), HasSubstr("the cluster has gone on without this node"));
}

TEST(Cluster, ANodeThatStopsHandsOverFirst) {
  Nodes nodes(2, "[limits]\ndrain_per_s_percent = 100\n");
  const auto ada = connect(nodes[0], kAda, 1);
  const auto bob = connect(nodes[1], kBob, 1);
  const RoomId room = ada->create_room(1, {kBob});
  const Epoch epoch = ada->sync(room).epoch;
  bob->sync(room);
  nodes[1].process().signal(SIGTERM);
  EXPECT_TRUE(bob->hears<wire::Reconnect>(20s, [](const wire::Reconnect&) { return true; }));
  EXPECT_EQ(nodes[1].process().wait(), 0) << log_of(nodes[1]);
  EXPECT_TRUE(say(*ada, room, epoch, 1, "at home elsewhere"));
}

TEST(Cluster, ANodeWithAnotherKeyIsNotListenedToAndItsPeersSayWhatToDo) {
  Nodes nodes(2);
  nodes[1].kill_hard();
  nodes.forge_key(1);
  nodes[1].restart();
  EXPECT_TRUE(says(nodes[0], "its key")) << log_of(nodes[0]);
  EXPECT_THAT(log_of(nodes[0]),
              HasSubstr("is none of a peer; fix: if it is a node of this cluster, give that key to its "
                        "entry in this node's list of peers"));
}

}  // namespace
}  // namespace starling::test
