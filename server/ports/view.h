// Which nodes are alive, as a numbered view, and where rooms and users have their home in it.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/ids.h"
#include "common/base/rng.h"

namespace starling::ports {

/// Shards of a cluster: who listens where is kept as a mask.
inline constexpr std::uint16_t kShardsMax = 64;

/// A node's shards have consecutive numbers, which no other node of the cluster ever has.
struct ViewNode {
  ShardId first;
  std::uint16_t shards = 0;
  std::uint64_t boot = 0;  // of its process; grows with each start
  bool leaving = false;    // nothing has its home there, as long as another node is there

  bool has(ShardId shard) const { return shard.value >= first.value && shard.value - first.value < shards; }
  bool operator==(const ViewNode&) const = default;
};

struct View {
  ViewId id;
  std::vector<ViewNode> nodes;  // not empty
  std::vector<ShardId> shards;  // of all nodes

  const ViewNode* node_of(ShardId shard) const {
    for (const ViewNode& node : nodes) {
      if (node.has(shard)) return &node;
    }
    return nullptr;
  }
  /// The process that has the shard; 0: none.
  std::uint64_t boot_of(ShardId shard) const {
    const ViewNode* node = node_of(shard);
    return node != nullptr ? node->boot : 0;
  }
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
    if (node.leaving != home->leaving ? home->leaving : weight_of(~key, node.first) >= weight_of(~key, home->first)) {
      home = &node;
    }
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

/// True when another process is home to the key now, which knows nothing of what the one before was told.
template <class Key>
bool has_moved(const View& before, const View& now, Key key) {
  const ShardId home = home_of(now, key);
  return home != home_of(before, key) || now.boot_of(home) != before.boot_of(home);
}

}  // namespace starling::ports
