// How many sessions come in a second. After the death of a node all of its sessions come at once; those that a shard has
// already must not wait for them. Who is refused is given a slot of its own to come back in.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/base/probe.h"
#include "server/core/turn.h"

namespace starling::core {

class Admission {
 public:
  explicit Admission(Turn& turn) : turn_(turn) {}

  /// 0: the session comes in. Otherwise when to come back, in milliseconds.
  std::uint32_t take() {
    const Instant now = turn_.now.at;
    const Duration apart = Duration(std::chrono::seconds(1)) / std::max(turn_.config.sessions_per_s, 1u);
    const Instant paid = std::max(paid_until_, now) + apart;
    if (paid - now <= apart * std::max(turn_.config.sessions_burst, 1u)) {
      paid_until_ = paid;
      return 0;
    }
    probe(Probe::slot_given);
    ++turn_.counters.slots_given;
    // Further apart than what may come in, so that a slot is free for who is there in time.
    promised_until_ = std::max(promised_until_, now) + apart * 5 / 4;
    Duration wait = promised_until_ - now;
    if (wait > kLongest) {
      promised_until_ = now + kLongest;
      wait = kLongest / 2 + Duration(static_cast<Duration::rep>(turn_.rng.below((kLongest / 2).count())));
    }
    return static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::milliseconds>(wait).count());
  }

 private:
  static constexpr Duration kLongest = std::chrono::seconds(60);

  Turn& turn_;
  Instant paid_until_{};  // when all who came in had come, one after the other
  Instant promised_until_{};
};

}  // namespace starling::core
