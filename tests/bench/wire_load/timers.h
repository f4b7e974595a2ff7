// What peers will do later. Few, so a heap does.
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "common/base/time.h"
#include "tests/bench/wire_load/peer.h"

namespace starling::bench {

enum class Due : std::uint8_t {
  Report,  // Delivered
  Sync,    // the server put it off
  Resend,  // not accepted: again, in order
};

class Timers {
 public:
  struct Timer {
    Instant at;
    Due due = Due::Report;
    std::uint32_t peer = 0;
    std::uint32_t use = 0;
    bool operator>(const Timer& other) const { return at > other.at; }
  };

  void arm(Instant at, Due due, const Peer& peer) {
    heap_.push({.at = at, .due = due, .peer = peer.index, .use = peer.use});
  }
  Instant next() const { return heap_.empty() ? kNever : heap_.top().at; }
  Timer pop() {
    const Timer timer = heap_.top();
    heap_.pop();
    return timer;
  }

 private:
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> heap_;
};

}  // namespace starling::bench
