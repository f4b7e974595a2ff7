// Which shards are alive, as a numbered view, and where rooms and users have their home in it.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/ids.h"
#include "common/base/rng.h"

namespace starling::ports {

struct View {
  ViewId id;
  std::vector<ShardId> shards;  // not empty
};

/// Rendezvous hashing (Thaler, Ravishankar 1998): only the keys of a shard that leaves move.
inline ShardId home_of(const View& view, std::uint64_t key) {
  ShardId best = view.shards.front();
  std::uint64_t best_weight = 0;
  for (ShardId shard : view.shards) {
    const std::uint64_t weight = mix64(mix64(key) ^ mix64(shard.value + 1));
    if (weight >= best_weight) {
      best_weight = weight;
      best = shard;
    }
  }
  return best;
}
inline ShardId home_of(const View& view, RoomId room) { return home_of(view, room.value); }
inline ShardId home_of(const View& view, UserId user) { return home_of(view, user.value ^ 0x55AA55AA55AA55AAull); }

}  // namespace starling::ports
