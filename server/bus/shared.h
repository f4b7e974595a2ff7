// What the bus's thread shares with those who use the bus.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "server/base/wake_queue.h"
#include "server/bus/bus.h"
#include "server/bus/counters.h"
#include "server/bus/limits.h"

namespace starling::bus {

/// Whether a peer can be heard, and hears.
struct PeerState {
  std::string name;
  Shards shards;
  bool heard = false;
  bool hears = false;
};

struct Shared {
  Shared(Config c, Bus::Callbacks b) : config(std::move(c)), callbacks(std::move(b)) {}

  const Config config;
  const Bus::Callbacks callbacks;
  Counters counters;
  WakeQueue<ports::Post> posts{limits::kQueuedPostsMax};
  std::atomic<bool> stop = false;

  void set_states(std::vector<PeerState> states) {
    const std::lock_guard lock(mutex_);
    states_ = std::move(states);
  }
  std::vector<PeerState> states() const {
    const std::lock_guard lock(mutex_);
    return states_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<PeerState> states_;
};

}  // namespace starling::bus
