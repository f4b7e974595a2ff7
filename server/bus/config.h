// Who is on the bus, and how its nodes know each other.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/ids.h"

namespace starling::bus {

/// Curve25519. `starlingctl keygen --bus` makes a pair.
using Key = std::array<std::uint8_t, 32>;
/// Base64 for URLs, as key files and the configuration have it.
std::string text_of(const Key& key);

/// The shards of a node, whose numbers no other node has.
struct Shards {
  ShardId first;
  std::uint16_t count = 0;

  bool has(ShardId shard) const { return shard.value >= first.value && shard.value - first.value < count; }
  bool operator==(const Shards&) const = default;
};

struct Peer {
  std::string name;  // for the log and the metrics
  Shards shards;
  std::string endpoint;  // where it listens: tcp://HOST:PORT
  Key public_key{};
  bool operator==(const Peer&) const = default;
};
using Peers = std::vector<Peer>;

struct Config {
  std::uint64_t cluster = 0;  // nodes of another one are not listened to
  Shards shards;              // of this node
  std::string listen;         // tcp://ADDRESS:PORT; port *: the kernel picks one
  Key public_key{};
  Key secret_key{};
};

}  // namespace starling::bus
