// What a real server does to the directory: it is away, stands still, lets nobody in, forgets, or holds nonsense.
#include "tests/contract/directory/redis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "server/directory/scripts.h"

namespace starling::contract {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr RoomId kRoom{7};
const std::string kKey = "starling:tail:0000000000000007";

wire::Event event(std::uint64_t seq) { return {.room = kRoom, .epoch = Epoch(1), .seq = Seq(seq), .body = "hello"}; }
ports::AppendTail append(std::uint64_t first, std::uint64_t last) {
  ports::AppendTail request{.room = kRoom, .epoch = Epoch(1)};
  for (std::uint64_t seq = first; seq <= last; ++seq) request.events.push_back(event(seq));
  return request;
}
ports::ReadTail after(std::uint64_t seq) { return {.room = kRoom, .epoch = Epoch(1), .after = Seq(seq)}; }

TEST(DirectoryServer, WhileItIsAwayReadsAreMissesAndWritesAreLostAndThenItIsUsed) {
  RedisServer server;
  server.stop();
  DirectoryNode node(server.config(), false);
  EXPECT_TRUE(node.complains("redis.sock: "));
  EXPECT_TRUE(node.complains("the cluster goes on without it; fix: start the server"));
  node.submit(append(1, 3));
  EXPECT_THAT(node.read(after(0)), IsEmpty());
  EXPECT_EQ(node.metric("starling_directory_lost_total"), 2u);
  server.start();
  EXPECT_TRUE(node.reaches("starling_directory_connected", 1));
  node.submit(append(4, 6));
  EXPECT_THAT(node.read(after(3)), SizeIs(3));
}

TEST(DirectoryServer, AReplicaThatLetsEverybodyInIsNotTriedTenTimesASecond) {
  const RedisServer server({"--replicaof", "127.0.0.1", "1"});
  DirectoryNode node(server.config());
  for (const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(3);
       std::chrono::steady_clock::now() < until;) {
    node.submit(append(1, 1));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_GE(node.metric("starling_directory_connects_total"), 2u);
  EXPECT_LE(node.metric("starling_directory_connects_total"), 6u);
}

TEST(DirectoryServer, AServerThatDiesAndComesBackIsUsedAgain) {
  RedisServer server;
  DirectoryNode node(server.config());
  node.submit(append(1, 3));
  EXPECT_THAT(node.read(after(0)), SizeIs(3));
  server.stop();
  EXPECT_THAT(node.read(after(0)), IsEmpty());
  server.start();
  EXPECT_TRUE(node.reaches("starling_directory_connects_total", 2));
  node.submit(append(4, 5));
  EXPECT_THAT(node.read(after(3)), SizeIs(2));
}

TEST(DirectoryServer, AReadOfAServerThatStandsStillIsAMissSoonAndWhatItAnswersLaterIsNotASecondAnswer) {
  RedisServer server;
  DirectoryNode node(server.config());
  node.submit(append(1, 3));
  EXPECT_THAT(node.read(after(0)), SizeIs(3));
  server.stand_still();
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_THAT(node.read(after(0)), IsEmpty());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(1));
  EXPECT_EQ(node.metric("starling_directory_reads_late_total"), 1u);
  server.go_on();
  EXPECT_THAT(node.read(after(0)), SizeIs(3)) << "read() throws for a second answer";
}

TEST(DirectoryServer, AServerThatStandsStillIsGivenUpAndConnectedToAnew) {
  RedisServer server;
  DirectoryNode node(server.config());
  server.stand_still();
  node.submit(append(1, 3));
  EXPECT_TRUE(node.complains("it does not answer"));
  server.go_on();
  EXPECT_TRUE(node.reaches("starling_directory_connects_total", 2));
}

TEST(DirectoryServer, AWrongPasswordIsInTheLogWithWhatToDoAndNothingWaits) {
  RedisServer server({"--user", "starling", "on", ">right", "~starling:*", "+@all"});
  directory::Config config = server.config();
  config.user = "starling";
  config.password = "wrong";
  DirectoryNode node(config, false);
  EXPECT_TRUE(node.complains("does not let this node in as starling: WRONGPASS"));
  EXPECT_TRUE(node.complains("fix: give the server's user and the configuration the same password"));
  EXPECT_THAT(node.read(after(0)), IsEmpty());
  EXPECT_EQ(node.metric("starling_directory_connected"), 0u);
}

TEST(DirectoryServer, TheRightsThatTheLogNamesAreEnoughAndNoneIsTooMany) {
  std::vector<std::string> rules;
  std::string all = directory::kAclRules;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find(' ', at), all.size());
    rules.push_back(all.substr(at, end - at));
    at = end + 1;
  }
  for (std::size_t without = 0; without < rules.size(); ++without) {
    std::vector<std::string> user{"--user", "starling", "on", ">secret", "~starling:*"};
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (i != without || i == 0) user.push_back(rules[i]);
    }
    RedisServer server(user);
    directory::Config config = server.config({.events_max = 2});
    config.user = "starling";
    config.password = "secret";
    DirectoryNode node(config, false);
    const auto done = [&] {
      node.submit(append(1, 3));
      if (node.read(after(1)).size() != 2) return false;
      node.submit(ports::ForgetTail{kRoom});
      return node.read(after(1)).empty() && node.metric("starling_directory_errors_total") == 0;
    };
    if (without == 0) {
      ASSERT_TRUE(node.reaches("starling_directory_connected", 1));
      EXPECT_TRUE(done());
      continue;
    }
    const bool loads = rules[without] != "+script|load";
    ASSERT_TRUE(loads ? node.reaches("starling_directory_connected", 1) : node.complains("NOPERM"));
    EXPECT_FALSE(done()) << rules[without];
    EXPECT_TRUE(node.complains(rules[without])) << "the log names all of them";
  }
}

TEST(DirectoryServer, ScriptsThatTheServerHasForgottenAreLoadedAgain) {
  RedisServer server;
  DirectoryNode node(server.config());
  server.ask({"SCRIPT", "FLUSH"});
  EXPECT_THAT(node.read(after(0)), IsEmpty());
  node.submit(append(1, 3));
  EXPECT_THAT(node.read(after(0)), SizeIs(3));
  EXPECT_EQ(node.metric("starling_directory_connects_total"), 1u);
}

class DirectoryValues : public testing::Test {
 protected:
  DirectoryValues() {
    node_.submit(append(1, 3));
    EXPECT_THAT(node_.read(after(0)), SizeIs(3));
  }
  std::string value(int index) { return server_.ask({"LINDEX", kKey, std::to_string(index)}); }
  void put(int index, const std::string& value) { server_.ask({"LSET", kKey, std::to_string(index), value}); }

  RedisServer server_;
  DirectoryNode node_{server_.config()};
};

TEST_F(DirectoryValues, WhatIsNoEventIsAMissAsAWhole) {
  put(1, value(1).substr(0, 30));
  EXPECT_THAT(node_.read(after(0)), IsEmpty());
  EXPECT_THAT(node_.read(after(2)), SizeIs(1));
  EXPECT_EQ(node_.metric("starling_directory_reads_wrong_total"), 1u);
}

TEST_F(DirectoryValues, AnEventOfAnotherPlaceOrRoomIsAMiss) {
  const std::string second = value(1);
  put(1, value(0));
  EXPECT_THAT(node_.read(after(0)), IsEmpty());
  std::string of_other_room = second;
  of_other_room[of_other_room.find(std::string("\x07\0\0\0\0\0\0\0", 8), 24)] = 8;
  put(1, of_other_room);
  EXPECT_THAT(node_.read(after(0)), IsEmpty());
  put(1, second);
  EXPECT_THAT(node_.read(after(0)), SizeIs(3));
  EXPECT_EQ(node_.metric("starling_directory_reads_wrong_total"), 2u);
}

TEST_F(DirectoryValues, WhatBeginsLaterIsAMissAndNothingIsWrongWithIt) {
  node_.submit(ports::ForgetTail{kRoom});
  node_.submit(append(4, 6));
  EXPECT_THAT(node_.read(after(1)), IsEmpty());
  EXPECT_EQ(node_.metric("starling_directory_reads_wrong_total"), 0u);
}

TEST_F(DirectoryValues, AValueThatIsTooLargeIsAMiss) {
  put(1, value(1) + std::string(64 * 1024, 'x'));
  EXPECT_THAT(node_.read(after(0)), IsEmpty());
  EXPECT_EQ(node_.metric("starling_directory_reads_wrong_total"), 1u);
}

TEST_F(DirectoryValues, WhatIsNoTailAtAllIsDeletedByTheNextAppend) {
  for (const std::vector<std::string>& nonsense :
       {std::vector<std::string>{"SET", kKey, "a string"}, {"RPUSH", kKey, "short"}, {"SADD", kKey, "a set"}}) {
    server_.ask({"DEL", kKey});
    server_.ask(nonsense);
    EXPECT_THAT(node_.read(after(0)), IsEmpty());
    node_.submit(append(4, 5));
    EXPECT_THAT(node_.read(after(3)), IsEmpty()) << "it did not go on there";
    node_.submit(append(6, 6));
    EXPECT_THAT(node_.read(after(5)), SizeIs(1));
  }
  EXPECT_EQ(node_.metric("starling_directory_errors_total"), 0u);
}

TEST_F(DirectoryValues, NothingIsKeptWithoutAnEnd) {
  EXPECT_GT(std::stoll(server_.ask({"PTTL", kKey})), 0);
  EXPECT_LE(std::stoll(server_.ask({"PTTL", kKey})), 60'000);
}

/// A server, its replica, and a sentinel that watches them.
class DirectorySentinels : public testing::Test {
 protected:
  static std::uint16_t free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{.sin_family = AF_INET};
    socklen_t size = sizeof address;
    ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(fd);
    return ntohs(address.sin_port);
  }
  static std::string on_port(const std::string& port) { return "save \"\"\nbind 127.0.0.1\nport " + port + "\n"; }

  directory::Config config() const {
    directory::Config config;
    config.sentinels = {{.host = "127.0.0.1", .port = 1}, sentinel_.config().server};
    config.master = "starling";
    return config;
  }

  const std::string first_port_ = std::to_string(free_port());
  const std::string second_port_ = std::to_string(free_port());
  RedisServer first_{{}, on_port(first_port_)};
  RedisServer second_{{}, on_port(second_port_) + "replicaof 127.0.0.1 " + first_port_ + "\n"};
  RedisServer sentinel_{{"--sentinel"},
                        "port " + std::to_string(free_port()) + "\nsentinel monitor starling 127.0.0.1 " + first_port_ +
                            " 1\nsentinel down-after-milliseconds starling 500\n"};
};

TEST_F(DirectorySentinels, TheServerIsWhereTheFirstThatAnswersSaysAndAfterAFailoverAnotherOne) {
  DirectoryNode node(config());
  node.submit(append(1, 3));
  EXPECT_THAT(node.read(after(0)), SizeIs(3));
  while (second_.ask({"DBSIZE"}) == "0" || sentinel_.ask({"SENTINEL", "CKQUORUM", "starling"}).empty()) {
  }
  first_.stop();
  EXPECT_TRUE(node.reaches("starling_directory_connects_total", 2));
  EXPECT_THAT(node.read(after(0)), SizeIs(3)) << "the replica has it";
  node.submit(append(4, 4));
  EXPECT_THAT(node.read(after(3)), SizeIs(1));
}

TEST_F(DirectorySentinels, AMasterThatNobodyKnowsIsInTheLogWithWhatToDo) {
  directory::Config unknown = config();
  unknown.master = "other";
  DirectoryNode node(unknown, false);
  EXPECT_TRUE(node.complains("no sentinel says where other is; 127.0.0.1:1: Connection refused; "));
  EXPECT_TRUE(node.complains("does not know it; fix: the sentinels' addresses and the master's name"));
}

}  // namespace
}  // namespace starling::contract
