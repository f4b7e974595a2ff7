// One server process: core::Shard objects and the runtime's part that the simulator plays (connections, deadlines,
// verified tokens). Dies, comes back, stops and drains. Its shards have numbers of their own in the cluster; `shard` is
// here the index within the node.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loadsim/sim/bus.h"
#include "loadsim/sim/conn_table.h"
#include "loadsim/sim/context.h"
#include "loadsim/sim/directory_model.h"
#include "loadsim/sim/network.h"
#include "loadsim/sim/store_model.h"
#include "server/core/lease.h"
#include "server/core/shard.h"

namespace starling::sim {

/// What the simulator's tokens and tickets say; the real ones are server/auth's.
struct Credential {
  UserId user;
  DeviceId device;
  WallTime expires;
  bool ticket = false;
};
std::string to_text(const Credential& credential);
bool from_text(const std::string& text, Credential& credential);

class Node {
 public:
  struct Surroundings {
    Context* context;
    Network* network;
    StoreModel* store;
    Bus* bus;
    DirectoryModel* directory;
  };
  Node(std::uint32_t index, const Surroundings& around);

  std::uint32_t index() const { return index_; }
  void start();
  void kill(StoreModel::Death death);
  /// It never starts again, and the others go on without it.
  void give_up();
  bool given_up() const { return given_up_; }
  std::uint64_t boot() const { return boot_; }
  /// The process runs.
  bool up() const { return up_; }
  /// It is in the view, or was when it last heard of it.
  bool serving() const { return !shards_.empty(); }
  /// Nothing happens inside until then; everything that arrives waits.
  void pause(Instant until);
  bool paused() const { return up() && context_->now() < paused_until_; }
  Instant paused_until() const { return paused_until_; }
  /// The service of accounts beside the shards makes this user a member, and tells the room's home, if that is here.
  void enter_by_link(RoomId room, Epoch epoch, UserId user);
  void drain();
  bool draining() const { return draining_; }
  /// The server believes in the present connection of the device.
  bool is_connected(std::uint32_t device) const {
    return device < endpoints_.size() && endpoints_[device].open && endpoints_[device].admitted;
  }
  /// Calls each(device) for each connection that the server believes in, those that a later one has followed included.
  template <class Each>
  void for_each_connection(Each&& each) const {
    for (const ConnTable<Conn>& conns : conns_) {
      conns.for_each([&](ConnId, const Conn& conn) { each(conn.device); });
    }
  }
  bool drained() const;
  /// With the writers of its sockets and in the queues of its rooms.
  std::uint64_t waiting_bytes() const;

  void step_clock(Duration by) { clock_step_ += by; }
  void drift_clock(std::int64_t ppm);
  WallTime wall() const;
  /// What its shards are told of the time.
  core::Now moment() const;
  /// Its steady clock: each machine's counts from another moment.
  Instant steady(Instant at) const { return at == kNever ? at : at + steady_offset_; }

  // ---- happenings

  void on_dial(std::uint32_t device);
  void on_frame(std::uint32_t device, wire::ClientFrame frame);
  void on_drained(std::uint32_t device, std::uint32_t bytes);
  /// The connection is gone, and the server has noticed.
  void on_lost(std::uint32_t device, std::uint32_t attempt);
  void on_envelope(ShardId to, ports::Envelope envelope);
  void on_store(StoreModel::Reply reply);
  void on_directory(DirectoryModel::Reply reply);
  void on_timer(ShardId shard, std::uint64_t ticket);
  void on_lease_timer(std::uint64_t ticket);

  /// What waits for what, shard by shard.
  std::string pending() const;
  core::Counters counters() const;

 private:
  struct Conn {
    std::uint32_t device = UINT32_MAX;
    std::uint32_t attempt = 0;
  };
  /// Where a device's present connection ends.
  struct Endpoint {
    std::uint16_t shard = 0;
    ConnId conn;
    bool open = false;      // accepted
    bool admitted = false;  // its Hello was verified
    std::uint32_t attempt = 0;
  };

  void serve();
  void put_out();
  void enter(ports::View&& view);
  void keep_lease();
  void lease_answered(ports::StoreCompletion&& done);
  void input(std::uint32_t shard, core::Input&& in);
  void entered(StoreModel::Reply&& reply);
  template <class Each>
  void input_all(const Each& each) {
    for (std::uint32_t i = 0; i < shards_.size(); ++i) input(i, Each(each));
  }
  void carry_out(std::uint32_t from);
  void send(std::uint32_t shard, const core::Effects::Send& send);
  void close(std::uint32_t shard, const core::Effects::Close& close);
  void arm(std::uint32_t shard);
  void admit(std::uint32_t device, Endpoint& end, wire::Hello hello);
  Endpoint& endpoint(std::uint32_t device);
  ShardId name_of(std::uint32_t shard) const { return ShardId(static_cast<std::uint16_t>(first_shard_ + shard)); }
  std::uint32_t index_of(ShardId name) const { return name.value - first_shard_; }

  Context* context_;
  Network* network_;
  StoreModel* store_;
  Bus* bus_;
  DirectoryModel* directory_;
  std::uint32_t index_;
  std::uint32_t first_shard_;
  std::uint64_t boot_;
  Duration steady_offset_;
  ports::View view_;  // the last that it has heard of
  std::uint64_t entries_ = 0;
  std::map<std::uint64_t, ports::CommitBatch> entering_;  // by the number of the use of their link
  bool up_ = false;
  bool given_up_ = false;
  std::optional<core::Lease> lease_;  // of a node of several
  std::uint64_t lease_ticket_ = 0;
  std::vector<std::unique_ptr<core::Shard>> shards_;
  std::vector<ConnTable<Conn>> conns_;  // by shard
  std::vector<Endpoint> endpoints_;     // by device
  std::vector<Instant> armed_;          // by shard
  std::vector<std::uint64_t> tickets_;
  core::Effects effects_;
  wire::Decoder decoder_;
  Instant paused_until_{};
  Duration clock_step_{};
  std::int64_t drift_ppm_ = 0;
  Duration drifted_{};
  Instant drift_since_{};
  bool draining_ = false;
};

}  // namespace starling::sim
