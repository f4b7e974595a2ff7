// What lies between shards: the rings within a node and the bus between nodes. Bounded, and nobody is told what was
// lost: a full one drops the newest. What is under way to a process dies with it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "loadsim/sim/context.h"
#include "server/ports/envelope.h"

namespace starling::sim {

class Bus {
 public:
  explicit Bus(Context& context);

  /// The node of these shards has started, or is gone.
  void begins(std::uint32_t first_shard);
  void ends(std::uint32_t first_shard);

  void post(ShardId from, ShardId to, ports::Envelope&& envelope);

  // ---- Happening::BusArrival

  ShardId destination(std::uint32_t slot) const { return slots_[slot].to; }
  /// Nothing when the process that it was for is gone.
  std::optional<ports::Envelope> take(std::uint32_t slot);

  // ---- faults, until a time

  void drop_in_rings(std::uint32_t permille, Instant until) { ring_drop_ = {permille, until}; }
  void heal();

 private:
  /// From a shard to another.
  struct Route {
    std::uint32_t under_way = 0;
    Instant until{};  // the last arrival: the order is kept
  };
  struct Slot {
    ShardId from;
    ShardId to;
    std::uint64_t life = 0;  // of the receiver
    ports::Envelope envelope;
  };
  struct Loss {
    std::uint32_t permille = 0;
    Instant until{};
  };

  Route& route(ShardId from, ShardId to) { return routes_[std::size_t{from.value} * shards_ + to.value]; }
  std::uint32_t node_of(ShardId shard) const { return shard.value / context_->options.shards; }
  void fly(ShardId from, ShardId to, ports::Envelope&& envelope, Instant at);

  Context* context_;
  std::uint32_t shards_;
  std::vector<Route> routes_;
  std::vector<std::uint64_t> lives_;  // by shard; 0: not running
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t starts_ = 0;
  std::uint64_t latencies_ = 0;
  std::uint64_t drops_ = 0;
  Loss ring_drop_;
};

}  // namespace starling::sim
