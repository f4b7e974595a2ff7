// Search in a cluster: each node finds what was said at any other, for who may read it now.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/integration/cluster/nodes.h"
#include "tests/integration/cluster/talk.h"
#include "tests/support/postgres/cluster.h"

namespace starling::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string ask(ServerProcess& node, UserId user, const std::string& word) {
  return http_call(node.port(), "GET", "/v1/search?q=" + word, node.token(user, DeviceId(user.value * 100 + 50)));
}

std::vector<std::string> texts_of(const std::string& answer) {
  std::vector<std::string> texts;
  const std::string before = "\"text\":\"";
  for (std::size_t at = answer.find(before); at != std::string::npos; at = answer.find(before, at + 1)) {
    texts.push_back(text_between(answer.substr(at), before, '"'));
  }
  return texts;
}

/// The texts that say it, for this user at this node.
std::vector<std::string> found(ServerProcess& node, UserId user, const std::string& word) {
  const std::string answer = ask(node, user, word);
  EXPECT_EQ(status_of(answer), 200) << answer;
  return texts_of(answer);
}

bool comes_to_be_found(ServerProcess& node, UserId user, const std::string& word, std::size_t times) {
  return comes_true([&] { return texts_of(ask(node, user, word)).size() == times; });
}

void change(Peer& peer, wire::Send send) {
  send.client_msg_id = ClientMsgId(1000 + send.cseq.value);
  peer.send(send);
  EXPECT_EQ(peer.expect<wire::SendResult>().status, wire::SendStatus::Accepted);
}

TEST(ClusterSearch, WhatIsSaidAtOneNodeIsFoundAtTheOthersByWhoMayReadItNow) {
  Nodes nodes(2);
  const auto ada = connect(nodes[0], kAda, 1);
  const RoomId ours = ada->create_room(1, {kBob});
  const RoomId mine = ada->create_room(2);
  const Epoch epoch = ada->sync(ours).epoch;
  const Seq one = say(*ada, ours, epoch, 1, "hello one");
  ASSERT_TRUE(say(*ada, ours, epoch, 2, "hello two"));
  ASSERT_TRUE(say(*ada, mine, ada->sync(mine).epoch, 1, "hello diary"));
  ASSERT_TRUE(comes_to_be_found(nodes[0], kAda, "hello", 3)) << log_of(nodes[0]);
  ASSERT_TRUE(comes_to_be_found(nodes[1], kAda, "hello", 3)) << log_of(nodes[1]);
  EXPECT_THAT(found(nodes[1], kBob, "hello"), UnorderedElementsAre("hello one", "hello two"));
  EXPECT_THAT(found(nodes[1], UserId(9), "hello"), IsEmpty());

  // At once, whatever the other node's index knows.
  change(*ada, {.room = ours, .epoch = epoch, .cseq = Cseq(3), .kind = wire::EventKind::Delete, .target = one});
  EXPECT_THAT(found(nodes[1], kBob, "hello"), UnorderedElementsAre("hello two"));
  change(*ada, {.room = ours, .epoch = epoch, .cseq = Cseq(4), .kind = wire::EventKind::MemberRemove, .subject = kBob});
  EXPECT_THAT(found(nodes[1], kBob, "hello"), IsEmpty());
  EXPECT_THAT(found(nodes[1], kAda, "hello"), UnorderedElementsAre("hello two", "hello diary"));
}

TEST(ClusterSearch, ANodeThatWasAwayCatchesUpAndADatabaseThatWasAwayIsReadAgain) {
  support::Cluster database;
  Nodes nodes(2, {}, database.conninfo());
  const auto ada = connect(nodes[0], kAda, 1);
  const RoomId room = ada->create_room(1);
  const Epoch epoch = ada->sync(room).epoch;
  ASSERT_TRUE(say(*ada, room, epoch, 1, "hello before"));
  ASSERT_TRUE(comes_to_be_found(nodes[1], kAda, "hello", 1));
  nodes[1].kill_hard();
  ASSERT_TRUE(say(*ada, room, epoch, 2, "hello meanwhile"));
  nodes[1].restart();
  ASSERT_TRUE(comes_to_be_found(nodes[1], kAda, "hello", 2));

  database.crash();
  const std::string answer = ask(nodes[1], kAda, "hello");
  EXPECT_EQ(status_of(answer), 503) << answer;
  // Whichever finds out first: who asks is looked up in the same database.
  EXPECT_THAT(answer, AnyOf(HasSubstr("the search is not available for the moment"),
                            HasSubstr("the server's database takes nothing now")));
  database.resume();
  ASSERT_TRUE(becomes_ready(nodes[0]) && becomes_ready(nodes[1]));
  ASSERT_TRUE(say(*ada, room, epoch, 3, "hello again"));
  for (const std::size_t node : {std::size_t{0}, std::size_t{1}}) {
    EXPECT_TRUE(comes_to_be_found(nodes[node], kAda, "hello", 3)) << log_of(nodes[node]);
    EXPECT_THAT(log_of(nodes[node]), HasSubstr("the search cannot read the log"));
  }
}

}  // namespace
}  // namespace starling::test
