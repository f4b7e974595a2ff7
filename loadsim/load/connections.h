// The users of one worker and their connections: one epoll, one read buffer, one timer wheel. It carries out what the
// engines ask, and hands them what the server says. Owner: one worker.
#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <deque>
#include <span>
#include <vector>

#include "common/base/timer_wheel.h"
#include "common/wire/codec.h"
#include "loadsim/load/endpoint.h"
#include "loadsim/load/user_slot.h"
#include "loadsim/load/user_world.h"

namespace starling::load {

class Connections {
 public:
  /// Users [first, first + count). `source` is the first of the addresses that connections come from; they take turns.
  Connections(UserWorld& world, std::vector<Node> nodes, std::uint32_t first, std::uint32_t count, std::uint32_t source,
              Instant now);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  std::deque<UserSlot>& slots() { return slots_; }
  const std::deque<UserSlot>& slots() const { return slots_; }
  int epoll() const { return epoll_; }

  /// The node is elsewhere now; connections that exist stay.
  void set_port(std::uint32_t node, std::uint16_t port) { nodes_[node].endpoint.set_port(port); }
  /// The user's first connection is made at `when`.
  void start_at(UserSlot& slot, Instant when, Instant now);

  void on_ready(const epoll_event& event, Instant now);
  void on_time(Instant now);
  /// When on_time has something to do; kNever.
  Instant next_deadline() const;

  /// Hands the user's engine to `command`, as command(user, out), and carries out what comes of it.
  template <class Command>
  void with(UserSlot& slot, Instant now, Command&& command) {
    out_.clear();
    command(slot.user, out_);
    carry_out(slot, now);
  }

  void reconnect(UserSlot& slot, Instant now);
  /// The network is gone: without a close frame, with a reset when `abrupt`.
  void disconnect(UserSlot& slot, bool abrupt, Duration span, Instant now);
  void crash(UserSlot& slot, Instant now);
  void slow(UserSlot& slot, SlowReading how, Instant now);

 private:
  struct NodeOf {
    std::deque<UserSlot>* slots;
    TimerNode& operator()(std::uint32_t index) const { return (*slots)[index].timer; }
  };

  void carry_out(UserSlot& slot, Instant now);
  void connect(UserSlot& slot, std::uint32_t wanted, Instant now);
  std::uint32_t node_for(const UserSlot& slot, std::uint32_t wanted, std::uint32_t attempt) const;
  void drop(UserSlot& slot);
  void lost(UserSlot& slot, std::uint16_t code, Instant now);
  void read(UserSlot& slot, Instant now);
  void take(UserSlot& slot, std::span<std::byte> input, Instant now);
  bool take_message(UserSlot& slot, std::span<const std::byte> payload, Instant now);
  bool send(UserSlot& slot, const wire::ClientFrame& frame);
  void due(UserSlot& slot, Instant now);
  void watch_silence(UserSlot& slot, Instant now);
  void look_for(UserSlot& slot, Instant now);
  void rearm(UserSlot& slot, Instant now);
  std::uint32_t tick_of(Instant when) const;
  std::uint32_t number_of(const UserSlot& slot) const { return slot.user.index() - first_; }

  UserWorld& world_;
  std::vector<Node> nodes_;
  std::uint32_t first_;
  std::uint32_t source_;
  Instant epoch_;  // of the wheel's ticks
  int epoll_;
  std::deque<UserSlot> slots_;
  TimerWheel<NodeOf> wheel_;
  client::Output out_;
  wire::Decoder decoder_;
  std::vector<std::byte> buffer_;
  std::vector<std::byte> frame_scratch_;
  std::string encode_scratch_;
};

}  // namespace starling::load
