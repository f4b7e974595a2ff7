// Which nodes are alive, as a numbered view, and where rooms and users have their home in it.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/ids.h"
#include "common/base/rng.h"

namespace starling::ports {

/// A node's shards have consecutive numbers, which no other node of the cluster ever has.
struct ViewNode {
  ShardId first;
  std::uint16_t shards = 0;

  bool has(ShardId shard) const { return shard.value >= first.value && shard.value - first.value < shards; }
  bool operator==(const ViewNode&) const = default;
};

struct View {
  ViewId id;
  std::vector<ViewNode> nodes;  // not empty
  std::vector<ShardId> shards;  // of all nodes

  void add(const ViewNode& node) {
    nodes.push_back(node);
    for (std::uint16_t i = 0; i < node.shards; ++i) {
      shards.push_back(ShardId(static_cast<std::uint16_t>(node.first.value + i)));
    }
  }
};

/// How much a key belongs to a shard: of several the heaviest wins. Rendezvous hashing (Thaler, Ravishankar 1998).
inline std::uint64_t weight_of(std::uint64_t key, ShardId shard) { return mix64(mix64(key) ^ mix64(shard.value + 1)); }

/// First the node, then the shard in it: only the keys of a node that leaves move, and a node may have other shards after
/// a restart without moving what belongs to others.
inline ShardId home_of(const View& view, std::uint64_t key) {
  const ViewNode* home = &view.nodes.front();
  for (const ViewNode& node : view.nodes) {
    if (weight_of(~key, node.first) >= weight_of(~key, home->first)) home = &node;
  }
  ShardId best = home->first;
  for (std::uint16_t i = 1; i < home->shards; ++i) {
    const ShardId shard(static_cast<std::uint16_t>(home->first.value + i));
    if (weight_of(key, shard) >= weight_of(key, best)) best = shard;
  }
  return best;
}
inline ShardId home_of(const View& view, RoomId room) { return home_of(view, room.value); }
inline ShardId home_of(const View& view, UserId user) { return home_of(view, user.value ^ 0x55AA55AA55AA55AAull); }

}  // namespace starling::ports
