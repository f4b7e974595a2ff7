// What lies between shards: the rings within a node and the bus between nodes. Bounded, and nobody is told what was
// lost: a full one drops the newest. What is under way to a process dies with it.
#pragma once

#include <cstdint>
#include <deque>
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

  void post(ShardId from, ports::Post&& post);

  // ---- Happening::BusArrival

  ShardId destination(std::uint32_t arrival) const;
  /// Nothing when the process that it was for is gone.
  std::optional<ports::Envelope> take(std::uint32_t arrival, std::uint64_t life);

  // ---- faults, until a time

  void drop_in_rings(std::uint32_t permille, Instant until) { ring_drop_ = {permille, until}; }
  /// What homes publish does not arrive; everything else does.
  void swallow_events(Instant until) { swallow_until_ = until; }
  void disturb(const users::Fault& fault);
  void heal();

 private:
  /// From a shard to another: the order is kept, however long the receiver stands still.
  struct Route {
    std::deque<ports::Envelope> queue;
    Instant until{};  // the last arrival
  };
  /// What comes out of order: overtaken, or for the second time.
  struct Straggler {
    ShardId from;
    ShardId to;
    bool overtaken = false;  // by what was sent behind it; else it comes for the second time
    ports::Envelope envelope;
  };
  struct Chance {
    std::uint32_t permille = 0;
    Instant until{};
  };
  /// From a node to another.
  struct Link {
    std::uint32_t under_way = 0;
    std::uint64_t draws = 0;
    Instant cut_until{};
  };

  Route& route(ShardId from, ShardId to) { return routes_[std::size_t{from.value} * shards_ + to.value]; }
  std::uint32_t node_of(ShardId shard) const { return shard.value / context_->options.shards; }
  void post_in_node(ShardId from, ShardId to, ports::Envelope&& envelope);
  void post_to_node(ShardId from, ports::Post&& post);
  void arrive_at_node(ShardId from, ShardId to, ports::Envelope&& envelope, std::uint64_t random);
  bool is_lost(std::uint32_t from, std::uint32_t to, std::uint64_t random);
  bool swallowed(const ports::Envelope& envelope) const;
  void lose(ShardId to, const ports::Envelope& envelope);
  void fly(ShardId from, ShardId to, ports::Envelope&& envelope, Instant at);
  void straggle(Straggler&& late, Instant at);
  Link& link(std::uint32_t from, std::uint32_t to) { return links_[std::size_t{from} * joined_.size() + to]; }

  Context* context_;
  std::uint32_t shards_;
  std::vector<Route> routes_;
  std::vector<Link> links_;           // between nodes
  std::vector<Instant> joined_;       // by node: until then nothing reaches it, and it reaches nobody
  std::vector<std::uint64_t> lives_;  // by shard; 0: not running
  std::vector<Straggler> stragglers_;
  std::vector<std::uint32_t> free_;  // of these
  std::uint64_t starts_ = 0;
  std::uint64_t latencies_ = 0;
  std::uint64_t drops_ = 0;
  Instant swallow_until_{};
  Chance ring_drop_;
  Chance drop_;
  Chance dup_;
  Duration reorder_within_{};
  Instant reorder_until_{};
};

}  // namespace starling::sim
