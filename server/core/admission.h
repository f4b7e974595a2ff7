// How many sessions come in a second. After the death of a node all of its sessions come at once; those that a shard has
// already must not wait for them. Who is refused is given a slot of its own to come back in.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/base/probe.h"
#include "server/core/config.h"
#include "server/core/return_slots.h"
#include "server/core/turn.h"

namespace starling::core {

/// Between two sessions that a shard takes in.
inline Duration session_step(const Config& config) {
  return Duration(std::chrono::seconds(1)) / std::max(config.sessions_per_s, 1u);
}

class Admission {
 public:
  explicit Admission(Turn& turn) : turn_(turn) {}

  /// 0: the session comes in. Otherwise when to come back, in milliseconds.
  std::uint32_t take() {
    const Instant now = turn_.now.at;
    const Duration apart = session_step(turn_.config);
    const Instant paid = std::max(paid_until_, now) + apart;
    if (paid - now <= apart * std::max(turn_.config.sessions_burst, 1u)) {
      paid_until_ = paid;
      return 0;
    }
    probe(Probe::slot_given);
    ++turn_.counters.slots_given;
    const Duration wait = slots_.next(now, apart, turn_.rng);
    return static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::milliseconds>(wait).count());
  }

 private:
  Turn& turn_;
  Instant paid_until_{};  // when all who came in had come, one after the other
  ReturnSlots slots_;
};

}  // namespace starling::core
