// A node that does not fit the others, or whose surroundings fail: it says what is wrong and what to do, and the others go on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

#include "server/app/exit_codes.h"
#include "tests/contract/directory/redis.h"
#include "tests/integration/cluster/nodes.h"
#include "tests/integration/cluster/own_world.h"
#include "tests/integration/cluster/talk.h"
#include "tests/support/postgres/cluster.h"

namespace starling::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Rooms enough that, of several nodes, each would be home to some.
constexpr std::uint64_t kRooms = 8;

/// People at this node make rooms and talk in them.
testing::AssertionResult goes_on(ServerProcess& node) {
  static std::uint64_t device = 10;
  const auto ada = connect(node, kAda, ++device);
  for (std::uint64_t i = 1; i <= kRooms; ++i) {
    const RoomId room = ada->create_room(i);
    if (!say(*ada, room, ada->sync(room).epoch, 1, "all is well")) {
      return testing::AssertionFailure() << "room " << i << " has no home that answers\n" << log_of(node);
    }
  }
  return testing::AssertionSuccess();
}

/// Whether the view lets a node have homes.
bool is_home(Nodes& nodes, int node) {
  return nodes.sql().run("SELECT NOT leaving FROM seats WHERE first_shard = 4 * " + std::to_string(node)) == "t";
}
bool becomes_home(Nodes& nodes, int node) {
  return comes_true([&] { return is_home(nodes, node); });
}

TEST(Misfit, ANodeThatNobodyHearsIsHomeOfNothingUntilItIsHeard) {
  Nodes nodes(2);
  nodes[1].kill_hard();
  nodes.forge_key(1);
  nodes[1].restart();
  EXPECT_TRUE(says(nodes[1],
                   "nothing has its home here, and /readyz says so: node 0 is not heard, and does not hear this "
                   "node; fix: "))
      << log_of(nodes[1]);
  EXPECT_THAT(readiness(nodes[1]), AllOf(HasSubstr(" 503 "), HasSubstr("node 0 is not heard")));
  EXPECT_FALSE(is_home(nodes, 1));
  EXPECT_TRUE(goes_on(nodes[0]));
  nodes[1].kill_hard();
  nodes.give_key_back(1);
  nodes[1].restart();
  EXPECT_TRUE(becomes_ready(nodes[1])) << readiness(nodes[1]);
  EXPECT_TRUE(becomes_home(nodes, 1));
  EXPECT_TRUE(goes_on(nodes[1]));
}

TEST(Misfit, ANodeThatIsCutOffGivesWayAndComesBackByItself) {
  if (!OwnWorld::can_be()) GTEST_SKIP() << "needs root, ip and nft";
  OwnWorld world;
  Nodes nodes(3);
  ASSERT_TRUE(becomes_ready(nodes[0]) && becomes_ready(nodes[1]) && becomes_ready(nodes[2]));
  const auto bob = connect(nodes[0], kBob, 1);
  world.cut(nodes.bus_port(0));  // it hears the others, and they do not hear it
  EXPECT_TRUE(becomes_unready(nodes[0]));
  EXPECT_TRUE(says(nodes[0],
                   "nothing has its home here, and /readyz says so: node 1 does not hear this node; node 2 does "
                   "not hear this node; fix: "))
      << log_of(nodes[0]);
  EXPECT_TRUE(comes_true([&] { return !is_home(nodes, 0); }));
  EXPECT_EQ(bob->expect_close().reason, "this node is cut off from the others");
  EXPECT_THAT([&] { Peer(nodes[0].port()); }, testing::ThrowsMessage<std::runtime_error>(HasSubstr(" 503 ")))
      << "a proxy asks another node";
  EXPECT_TRUE(goes_on(nodes[1]));
  world.mend();
  EXPECT_TRUE(becomes_ready(nodes[0])) << readiness(nodes[0]);
  EXPECT_TRUE(says(nodes[0], "heard by the others")) << log_of(nodes[0]);
  EXPECT_TRUE(becomes_home(nodes, 0));
  EXPECT_TRUE(goes_on(nodes[0]));
}

TEST(Misfit, OfTwoProcessesWithOneNumberTheEarlierEndsForGoodAndNamesTheOther) {
  Nodes nodes(2);
  ASSERT_TRUE(becomes_ready(nodes[1]));
  const auto twin = nodes.twin_of(1);
  EXPECT_EQ(nodes[1].process().wait(), app::kExitReplaced) << log_of(nodes[1]);
  EXPECT_THAT(
      log_of(nodes[1]),
      AllOf(HasSubstr("has taken the place of node 1; fix: give each node a number of its own"),
            HasSubstr("starlingd node 1 on "), HasSubstr(" pid " + std::to_string(twin->server().process().pid()))));
  EXPECT_TRUE(twin->server().process().running()) << log_of(twin->server());
  EXPECT_TRUE(goes_on(nodes[0]));
}

TEST(Misfit, ANodeOnAnEmptyDatabaseWaitsForTheOneThatMakesTheSchema) {
  support::Cluster server;
  support::Sql other(server.conninfo());
  other.run("SELECT pg_advisory_lock(6004234345560363852)");
  auto started = std::async(std::launch::async, [&] { return std::make_unique<Nodes>(1, "", server.conninfo()); });
  std::this_thread::sleep_for(3s);  // longer than a statement waits for a lock
  EXPECT_EQ(started.wait_for(0s), std::future_status::timeout);
  other.run("SELECT pg_advisory_unlock(6004234345560363852)");
  const auto nodes = started.get();
  EXPECT_TRUE(
      says((*nodes)[0], "another process brings the schema of the database postgres up to date: waiting for it"));
  EXPECT_TRUE(goes_on((*nodes)[0]));
}

TEST(Misfit, ANodeWithoutTheKeysOfTheOthersMakesNone) {
  Nodes nodes(2);
  nodes[1].kill_hard();
  nodes.lose_shared_keys(1);
  const Ended ended = nodes.try_start(1);
  EXPECT_EQ(ended.exit_code, app::kExitBadStart);
  EXPECT_THAT(ended.output, HasSubstr("or copy those of the cluster's other nodes, but for bus.*"));
  EXPECT_TRUE(goes_on(nodes[0]));
}

TEST(Misfit, ANodeThatIsOlderThanTheSchemaDoesNotStart) {
  Nodes nodes(2);
  nodes[1].kill_hard();
  nodes.sql().run("INSERT INTO migrations VALUES (99, now())");
  const Ended ended = nodes.try_start(1);
  EXPECT_TRUE(goes_on(nodes[0]));
  nodes.sql().run("DELETE FROM migrations WHERE number = 99");
  EXPECT_EQ(ended.exit_code, app::kExitBadStart);
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("has schema 99"), HasSubstr("a newer version has been here; install that one")));
}

TEST(Misfit, ANodeThatSpeaksAnotherVersionOfTheBusIsHomeOfNothing) {
  Nodes nodes(2);
  nodes[1].kill_hard();
  nodes[1].restart({STARLINGD_OF_ANOTHER_BUS});
  for (const std::size_t node : {0, 1}) {
    EXPECT_TRUE(says(nodes[node], "speaks another version of the bus; fix: run one version of starlingd on all nodes"))
        << log_of(nodes[node]);
  }
  EXPECT_TRUE(says(nodes[1], "nothing has its home here, and /readyz says so: node 0 is not heard; fix: "))
      << log_of(nodes[1]);
  EXPECT_FALSE(is_home(nodes, 1));
  EXPECT_TRUE(goes_on(nodes[0]));
}

TEST(Misfit, ANodeWhoseClockIsAnHourOffSaysSoAndTheOrderOfTimesHolds) {
  Nodes nodes(2);
  const auto seats_of_it = [&] { return nodes.sql().run("SELECT count(*) FROM seats WHERE first_shard <> 0"); };
  ASSERT_TRUE(comes_true([&] { return seats_of_it() == "1"; }));
  nodes[1].kill_hard();
  // An earlier boot is not let in before its lease is over.
  ASSERT_TRUE(comes_true([&] { return seats_of_it() == "0"; }));
  nodes[1].restart({"/usr/bin/env", "LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "FAKETIME=-1h",
                    "FAKETIME_DONT_FAKE_MONOTONIC=1", starlingd()});
  EXPECT_TRUE(says(nodes[1], "s ahead of this one's: ")) << log_of(nodes[1]);
  EXPECT_THAT(log_of(nodes[1]), HasSubstr("fix: have both clocks set by NTP (chrony)"));
  EXPECT_TRUE(becomes_ready(nodes[1])) << readiness(nodes[1]);
  EXPECT_THAT(http_get(nodes[1].port(), "/metrics"),
              testing::ContainsRegex("\nstarling_store_clock_ahead_seconds 3[56][0-9][0-9]"));
  EXPECT_THAT(http_get(nodes[0].port(), "/metrics"),
              testing::ContainsRegex("\nstarling_store_clock_ahead_seconds -?0"));
  EXPECT_TRUE(goes_on(nodes[0]));
  EXPECT_TRUE(goes_on(nodes[1]));
  EXPECT_EQ(status_of(http_call(nodes[1].port(), "GET", "/v1/rooms/public", nodes[1].token(kAda, DeviceId(199)))), 200);
  // It keeps its lease, and what it stores is of the store's hour.
  EXPECT_TRUE(nodes[1].process().running());
  EXPECT_EQ(nodes.sql().run("SELECT count(*) FROM events WHERE abs(ts - extract(epoch FROM now()) * 1000) > 60000"),
            "0");
}

TEST(Misfit, ADatabaseThatIsNotFoundIsNamedAndTriedAgain) {
  Nodes nodes(2);
  nodes[1].kill_hard();
  const Ended ended = nodes.try_start(1, "host=nowhere.invalid user=starling dbname=starling");
  EXPECT_EQ(ended.exit_code, app::kExitTryAgain) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("nowhere.invalid"),
                                  HasSubstr("check host, port, user, password and database of store.postgres")));
  EXPECT_TRUE(goes_on(nodes[0]));
}

TEST(Misfit, ANodeWithAWrongPasswordForRedisGoesOnWithoutIt) {
  contract::RedisServer redis({"--requirepass", "right"});
  TempDir dir;
  const std::string directory = "[directory]\nserver = \"" + redis.config().server.host + "\"\npassword_file = \"" +
                                dir.write("password", "wrong\n") + "\"\n";
  Nodes nodes(2, directory);
  for (const std::size_t node : {0, 1}) {
    EXPECT_TRUE(says(nodes[node], "does not let this node in as default: WRONGPASS")) << log_of(nodes[node]);
    EXPECT_THAT(log_of(nodes[node]),
                AllOf(HasSubstr("fix: give the server's user and the configuration the same password"),
                      Not(HasSubstr("wrong\n"))));
    EXPECT_TRUE(becomes_ready(nodes[node])) << readiness(nodes[node]);
    EXPECT_TRUE(goes_on(nodes[node]));
  }
}

TEST(Misfit, AFullDiskOfTheDatabaseLosesNothingAndIsOverWhenThereIsRoom) {
  if (!OwnWorld::can_be()) GTEST_SKIP() << "needs root, ip and nft";
  const OwnWorld world;
  const support::Cluster server;
  const SmallDisk disk(48 << 20, server.folder() + "/data");
  support::Sql admin(server.conninfo());
  admin.run("CREATE TABLESPACE small LOCATION '" + disk.folder() + "'");
  admin.run("CREATE DATABASE starling TEMPLATE template0 TABLESPACE small");
  Nodes nodes(2, "[limits]\nroom_sends_per_s = 10000\nroom_sends_burst = 10000\n", server.conninfo("starling"));
  ASSERT_TRUE(becomes_ready(nodes[0]) && becomes_ready(nodes[1]));
  const auto ada = connect(nodes[0], kAda, 1);
  const RoomId room = ada->create_room(1);
  const Epoch epoch = ada->sync(room).epoch;
  disk.fill();
  const auto answered = [&](std::uint32_t cseq, std::chrono::milliseconds patience) {
    return ada->hears<wire::SendResult>(patience, [&](const wire::SendResult& result) {
      return result.cseq.value == cseq && result.status == wire::SendStatus::Accepted;
    });
  };
  // The table may have a page with some room.
  std::uint32_t cseq = 0;
  do {
    ++cseq;
    ada->send(wire::Send{.room = room,
                         .epoch = epoch,
                         .cseq = Cseq(cseq),
                         .client_msg_id = ClientMsgId(cseq),
                         .body = std::string(4000, 'x')});
  } while (cseq < 100 && answered(cseq, 3s));
  // That one waits for room, and what comes after it is sent back.
  const std::uint32_t waits = cseq++;
  EXPECT_TRUE(comes_true([&] {
    const wire::SendResult result = ada->say(room, epoch, Cseq(cseq), "too much");
    return result.status == wire::SendStatus::Busy && result.retry_after_ms > 0;
  }));
  // Of the two the one that is home to it meets the full disk.
  const auto meets = [](ServerProcess& node) {
    return status_of(readiness(node)) == 503 &&
           http_get(node.port(), "/metrics").find("\nstarling_store_full_total 0\n") == std::string::npos;
  };
  EXPECT_TRUE(comes_true([&] { return meets(nodes[0]) || meets(nodes[1]); }));
  disk.clear();
  EXPECT_TRUE(answered(waits, 20s)) << log_of(nodes[0]);
  for (const std::uint32_t end = cseq + 20; cseq < end; ++cseq) {
    ASSERT_TRUE(say(*ada, room, epoch, cseq, "there is room " + std::to_string(cseq))) << log_of(nodes[0]);
  }
  EXPECT_TRUE(becomes_ready(nodes[0]) && becomes_ready(nodes[1])) << readiness(nodes[0]) << readiness(nodes[1]);
  EXPECT_EQ(nodes.sql().run("SELECT count(*) FROM events WHERE kind = 1"), std::to_string(cseq - 1))
      << "each that was acknowledged, once";
  EXPECT_TRUE(goes_on(nodes[1]));
}

}  // namespace
}  // namespace starling::test
