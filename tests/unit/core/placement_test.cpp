// Where rooms and users have their home: a function of the view and of the key alone.
#include <gtest/gtest.h>

#include <map>

#include "server/ports/view.h"

namespace starling::ports {
namespace {

constexpr std::uint64_t kKeys = 20'000;

View view_of(std::initializer_list<ViewNode> nodes) {
  View view{.id = ViewId(1)};
  for (const ViewNode& node : nodes) view.add(node);
  return view;
}
constexpr ViewNode kA{.first = ShardId(0), .shards = 4};
constexpr ViewNode kB{.first = ShardId(4), .shards = 2};
constexpr ViewNode kC{.first = ShardId(9), .shards = 3};

const ViewNode& node_of(const View& view, ShardId shard) {
  for (const ViewNode& node : view.nodes) {
    if (node.has(shard)) return node;
  }
  ADD_FAILURE() << "shard " << shard.value << " is not in the view";
  return view.nodes.front();
}

TEST(Placement, EveryNodeAndEveryShardOfItHasItsShare) {
  const View view = view_of({kA, kB, kC});
  std::map<ShardId, std::uint64_t> keys;
  for (std::uint64_t room = 1; room <= kKeys; ++room) ++keys[home_of(view, RoomId(room))];
  ASSERT_EQ(keys.size(), 9u);
  for (const auto& [shard, count] : keys) {
    const double fair = double(kKeys) / 3 / node_of(view, shard).shards;
    EXPECT_GT(count, fair * 0.85) << shard.value;
    EXPECT_LT(count, fair * 1.15) << shard.value;
  }
}

TEST(Placement, OnlyTheKeysOfANodeThatLeavesMove) {
  const View before = view_of({kA, kB, kC});
  const View after = view_of({kA, kC});
  for (std::uint64_t room = 1; room <= kKeys; ++room) {
    const ShardId was = home_of(before, RoomId(room));
    if (kB.has(was)) continue;
    EXPECT_EQ(home_of(after, RoomId(room)), was);
  }
}

TEST(Placement, ANodeThatComesBackWithOtherShardsTakesNothingFromTheOthers) {
  const View before = view_of({kA, kB, kC});
  const View after = view_of({kA, {.first = ShardId(4), .shards = 1}, kC});
  for (std::uint64_t room = 1; room <= kKeys; ++room) {
    const ShardId was = home_of(before, RoomId(room));
    const ShardId now = home_of(after, RoomId(room));
    EXPECT_EQ(now, kB.has(was) ? ShardId(4) : was);
  }
}

TEST(Placement, TheOrderOfTheNodesMeansNothing) {
  const View one = view_of({kA, kB, kC});
  const View other = view_of({kC, kA, kB});
  for (std::uint64_t user = 1; user <= kKeys; ++user)
    EXPECT_EQ(home_of(one, UserId(user)), home_of(other, UserId(user)));
}

TEST(Placement, AUserIsNotPlacedLikeTheRoomOfTheSameNumber) {
  const View view = view_of({kA, kB, kC});
  std::uint64_t same = 0;
  for (std::uint64_t n = 1; n <= kKeys; ++n) same += home_of(view, UserId(n)) == home_of(view, RoomId(n)) ? 1 : 0;
  EXPECT_LT(same, kKeys / 5);
}

}  // namespace
}  // namespace starling::ports
