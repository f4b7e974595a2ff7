// One server of a crowd: core::Shard objects as they ship, the rings between them, and the runtime's part. What a shard sends in
// one turn travels as one flight, first in, first out a shard.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "loadsim/crowd/context.h"
#include "loadsim/crowd/parcel.h"
#include "loadsim/crowd/plan.h"
#include "loadsim/crowd/pool.h"
#include "loadsim/crowd/store.h"
#include "server/core/shard.h"

namespace starling::crowd {

class People;

/// Where a device's connection ends.
struct Line {
  std::uint16_t shard = 0;
  ConnId conn;
};

class Node {
 public:
  Node(Context& context, const Plan& plan, Store& store, People& people, std::uint32_t number);

  void start();
  /// kill -9. Every connection is reset, and what was on its way is gone. Returns how many connections.
  std::uint64_t kill();
  bool up() const { return !shards_.empty(); }

  // ---- from devices

  Line login(std::uint32_t user, std::uint32_t attempt, wire::Hello&& hello);
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
  void on_flight(std::uint32_t slot);
  void on_line(std::uint32_t shard, ConnId conn);

  /// What waits for what, shard by shard.
  std::string pending() const;

 private:
  struct Conn {
    std::uint32_t generation : 31 = 0;
    std::uint32_t used : 1 = 0;
    std::uint32_t user = UINT32_MAX;
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

  void input(std::uint32_t shard, core::Input&& in);
  void carry_out(std::uint32_t from);
  void post(std::uint32_t from, core::Effects::Post& post);
  void take_off(std::uint32_t shard);
  void arm(std::uint32_t shard);
  void free_conn(std::uint32_t shard, std::uint32_t index);
  WallTime wall() const;

  Context* context_;
  const Plan* plan_;
  Store* store_;
  People* people_;
  std::uint32_t number_;
  Unpacking unpacking_;
  std::vector<std::unique_ptr<core::Shard>> shards_;
  std::vector<std::vector<Conn>> conns_;  // by shard
  std::vector<std::vector<std::uint32_t>> free_;
  std::vector<Ring> rings_;  // from * shards + to
  std::vector<Instant> flights_until_;
  std::vector<Instant> armed_;
  std::vector<std::uint64_t> tickets_;
  Pool<Up> ups_;
  Pool<Flight> flights_;
  core::Effects effects_;
  std::uint64_t boot_ = 0;
};

}  // namespace starling::crowd
