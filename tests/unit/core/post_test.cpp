// What several shards are told crosses once to each of their nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "server/core/links.h"

namespace starling::core {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr std::uint64_t mask(std::initializer_list<int> shards) {
  std::uint64_t all = 0;
  for (const int shard : shards) all |= std::uint64_t{1} << shard;
  return all;
}

/// Shard 1 of three nodes that have two, three and one.
class PostTest : public testing::Test {
 protected:
  PostTest() { turn.out = &effects; }

  static ports::View view() {
    ports::View view{.id = ViewId(4), .nodes = {}, .shards = {}};
    view.add({.first = ShardId(0), .shards = 2, .boot = 7});
    view.add({.first = ShardId(2), .shards = 3, .boot = 8});
    view.add({.first = ShardId(5), .shards = 1, .boot = 9});
    return view;
  }
  std::vector<std::pair<int, std::uint64_t>> unpacked(std::size_t post) {
    std::vector<std::pair<int, std::uint64_t>> got;
    ports::unpack(std::move(effects.posts.at(post)), [&](ShardId to, ports::Envelope&& envelope) {
      EXPECT_EQ(std::get<ports::TypingRelayed>(envelope.payload).user, UserId(3));
      EXPECT_EQ(envelope.header.to_boot, turn.view.boot_of(to));
      got.emplace_back(to.value, envelope.header.link_seq);
    });
    return got;
  }

  const Config config;
  Effects effects;
  Turn turn{config, ShardId(1), view(), 7, 1};
  Links links{turn};
};

TEST_F(PostTest, ANodeIsSentItOnceWithTheNumberOfEachLink) {
  links.post(ShardId(4), ports::TypingRelayed{.room = RoomId(1), .user = UserId(3)});
  links.publish(mask({0, 2, 4, 5}), ports::TypingRelayed{.room = RoomId(1), .user = UserId(3)});
  ASSERT_EQ(effects.posts.size(), 4u);
  EXPECT_THAT(unpacked(1), ElementsAre(Pair(0, 1u)));
  EXPECT_THAT(unpacked(2), ElementsAre(Pair(4, 2u), Pair(2, 1u)));
  EXPECT_THAT(unpacked(3), ElementsAre(Pair(5, 1u)));
  EXPECT_FALSE(links.has_to_self());
}

TEST_F(PostTest, TheShardItselfHearsItWithinTheTurn) {
  links.publish(mask({1, 3}), ports::TypingRelayed{.room = RoomId(1), .user = UserId(3)});
  ASSERT_EQ(effects.posts.size(), 1u);
  EXPECT_THAT(unpacked(0), ElementsAre(Pair(3, 1u)));
  const auto own = links.next_to_self();
  ASSERT_TRUE(own.has_value());
  EXPECT_EQ(std::get<ports::TypingRelayed>(*own).user, UserId(3));
}

TEST_F(PostTest, AHeartbeatCrossesOnceANodeAndCountsNothing) {
  links.post(ShardId(3), ports::TypingRelayed{.room = RoomId(1), .user = UserId(3)});
  effects.clear();
  links.heartbeat();
  ASSERT_EQ(effects.posts.size(), 3u);
  EXPECT_EQ(effects.posts[1].envelope.header.link_seq, 0u);
  ASSERT_EQ(effects.posts[1].also.size(), 2u);
  EXPECT_EQ(effects.posts[1].also[0].link_seq, 1u);
  EXPECT_EQ(effects.posts[1].also[1].link_seq, 0u);
}

}  // namespace
}  // namespace starling::core
