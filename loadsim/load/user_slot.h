// A virtual user and its connection, as a worker holds them.
#pragma once

#include <cstdint>

#include "common/base/time.h"
#include "common/base/timer_wheel.h"
#include "loadsim/load/virtual_user.h"
#include "loadsim/load/ws_connection.h"

namespace starling::load {

/// A reader that takes so much and no more, for a while.
struct SlowReading {
  Instant from = kNever;
  Instant until{};
  Instant next_read{};  // nothing is read before
  std::uint64_t bytes_per_s = 0;

  bool at(Instant now) const { return now >= from && now < until; }
};

struct UserSlot {
  UserSlot(UserWorld& world, std::uint32_t index) : user(world, index) {}

  VirtualUser user;
  WsConnection link;
  TimerNode timer;
  SlowReading slow;
  Instant no_network_until{};
  Instant away_until{};  // hung up of its own accord, and expected back by then
  Instant last_heard{};
  Instant start_at = kNever;     // the first connection
  std::uint32_t looks_for = 0;   // what epoll was told
  std::uint32_t node = 0;        // that the connection is to
  std::uint32_t generation = 0;  // of the connection: events of an earlier one are stale
  bool in_epoll = false;
  bool pinged = false;
};

}  // namespace starling::load
