// Sending the sessions away at a bounded rate, each with a time to come back, so that a deploy is not a storm.
#pragma once

#include "common/base/probe.h"
#include "server/core/session_table.h"

namespace starling::core {

class Drain {
 public:
  Drain(Turn& turn, SessionTable& sessions) : turn_(turn), sessions_(sessions) {}

  void begin() {
    if (turn_.draining) return;
    turn_.draining = true;
    // Rounded up: the last one leaves no later than the percentage says.
    constexpr std::uint64_t kWhole = 100 * kStepsPerSecond;
    per_step_ = (turn_.counters.sessions * turn_.config.drain_per_s_percent + kWhole - 1) / kWhole;
    step();
  }

  void step() {
    std::uint64_t left = per_step_;
    for (; left > 0 && next_ < sessions_.index_end(); ++next_) {
      if (!sessions_.at(next_).open || sessions_.at(next_).closing) continue;
      probe(Probe::drain_handoff);
      const auto after_ms = static_cast<std::uint32_t>(turn_.rng.below(kComeBackWithinMs));
      const std::uint32_t node = turn_.better_node(sessions_.at(next_).user);
      sessions_.send(next_, wire::Reconnect{.after_ms = after_ms, .node = node, .reason = "draining"});
      sessions_.close(next_, CloseReason::Draining, "draining");
      --left;
    }
    if (next_ < sessions_.index_end()) turn_.schedule.arm(Chore::Drain, turn_.now.at + kStep);
  }

 private:
  static constexpr std::uint64_t kStepsPerSecond = 10;
  static constexpr Duration kStep = std::chrono::milliseconds(100);
  static constexpr std::uint64_t kComeBackWithinMs = 5000;

  Turn& turn_;
  SessionTable& sessions_;
  std::uint32_t next_ = 0;
  std::uint64_t per_step_ = 0;
};

}  // namespace starling::core
