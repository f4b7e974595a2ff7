// The servers of a cluster: core::Shard objects as they ship, what lies between them, and the runtime's part. What a shard sends
// in one turn travels as one flight, first in, first out a shard.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "loadsim/crowd/context.h"
#include "loadsim/crowd/parcel.h"
#include "loadsim/crowd/plan.h"
#include "loadsim/crowd/pool.h"
#include "loadsim/crowd/store.h"
#include "loadsim/sim/conn_table.h"
#include "server/core/lease.h"
#include "server/core/shard.h"

namespace starling::crowd {

class People;

/// Where a device's connection ends.
struct Line {
  std::uint16_t shard = 0;
  ConnId conn;
};

class Cluster {
 public:
  Cluster(Context& context, const Plan& plan, Store& store, People& people, std::uint32_t number);

  void start(std::uint32_t node);
  /// Once what its last process had begun with the store is over. False when it runs.
  bool restart(std::uint32_t node);
  /// kill -9. Every connection is reset, and what was on its way to and from them is gone. Returns how many connections.
  std::uint64_t kill(std::uint32_t node);

  // ---- from devices

  /// With a server that the balancer draws. Nothing when it is down.
  std::optional<Line> login(std::uint32_t user, std::uint32_t attempt, wire::Hello&& hello);
  void send_up(std::uint32_t user, std::uint32_t attempt, const Line& line, wire::ClientFrame&& frame);
  void drained(const Line& line, std::uint32_t bytes);
  /// The connection is broken, and the server will notice then.
  void notice(const Line& line, Instant at);
  /// One way, of this connection.
  Duration latency(std::uint32_t user, std::uint32_t attempt) const;

  // ---- happenings

  void on_up(std::uint32_t slot);
  void on_ring(std::uint32_t ring, std::uint64_t boot);
  void on_store(std::uint32_t slot);
  void on_timer(std::uint32_t shard, std::uint64_t ticket);
  void on_lease_timer(std::uint32_t node, std::uint64_t ticket);
  void on_node_starts(std::uint32_t node, std::uint64_t boot);
  void on_flight(std::uint32_t slot);
  void on_line(std::uint32_t shard, ConnId conn);

  /// What waits for what, shard by shard.
  std::string pending() const;

 private:
  struct Server {
    std::uint64_t boot = 0;
    bool running = false;
    std::optional<core::Lease> lease;  // of one among several
    std::uint64_t lease_ticket = 0;
    ports::View view;  // the last that it has heard of
  };
  struct Ring {
    std::deque<ports::Envelope> queue;
    Instant until{};
  };
  struct Up {
    std::uint64_t boot = 0;
    Line line;
    wire::ClientFrame frame;
  };
  struct Packet {
    std::shared_ptr<const Parcel> parcel;
    std::uint32_t count = 0;  // of the flight's recipients, after those of the packets before it
  };
  struct Closing {
    std::uint32_t user = 0;
    Line line;
  };
  struct Flight {
    std::uint64_t boot = 0;
    std::uint16_t shard = 0;
    std::vector<Packet> packets;
    std::vector<ConnId> recipients;
    std::vector<Closing> closings;
  };

  bool up(std::uint32_t node) const { return shards_[node * shards_each_] != nullptr; }
  void serve(std::uint32_t node);
  void keep_lease(std::uint32_t node);
  void lease_answered(std::uint32_t node, ports::StoreCompletion&& done);
  void put_out(std::uint32_t node);
  void input(std::uint32_t shard, core::Input&& in);
  template <class Each>
  void input_all(std::uint32_t node, const Each& each) {
    for (std::uint32_t i = node * shards_each_; i < (node + 1) * shards_each_; ++i) input(i, Each(each));
  }
  void carry_out(std::uint32_t from);
  void post(std::uint32_t from, std::uint32_t to, ports::Envelope&& envelope, std::uint64_t random);
  void take_off(std::uint32_t shard);
  void land(std::uint16_t shard, const Parcel& parcel, std::span<const ConnId> block);
  void arm(std::uint32_t shard);
  std::uint32_t node_of(std::uint32_t shard) const { return shard / shards_each_; }
  std::uint64_t boot_of(std::uint32_t shard) const { return servers_[node_of(shard)].boot; }
  static ShardId name_of(std::uint32_t shard) { return ShardId(static_cast<std::uint16_t>(shard)); }
  /// Between two shards, and nobody hears of it.
  bool is_lost(std::uint32_t from, std::uint32_t to, std::uint64_t random);
  WallTime wall() const;

  Context* context_;
  const Plan* plan_;
  Store* store_;
  People* people_;
  std::uint32_t number_;
  std::uint32_t shards_each_;
  Unpacking unpacking_;
  std::vector<std::unique_ptr<core::Shard>> shards_;  // none where the node is down
  std::vector<sim::ConnTable<std::uint32_t>> conns_;  // by shard; of users
  std::vector<Ring> rings_;                           // from * shards + to, within and between nodes
  std::vector<Instant> flights_until_;
  std::vector<Instant> armed_;
  std::vector<std::uint64_t> tickets_;
  Pool<Up> ups_;
  Pool<Flight> flights_;
  core::Effects effects_;
  std::vector<Server> servers_;  // by node
};

}  // namespace starling::crowd
