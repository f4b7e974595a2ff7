// When the next message is meant to go, and in which room: an open model, in which independent people write at a mean
// rate whatever the server does. Values of a seed, so that server and floor see the same run.
#pragma once

#include <cmath>
#include <cstdint>

#include "common/base/rng.h"
#include "common/base/time.h"

namespace starling::bench {

class Schedule {
 public:
  Schedule(double per_s, std::uint64_t seed, Instant start) : mean_ns_(1e9 / per_s), rng_(seed), next_(start) {
    advance();
  }

  Instant next() const { return next_; }
  /// Uniform over `rooms`, of the message at next().
  std::uint32_t room(std::size_t rooms) { return static_cast<std::uint32_t>(rng_.below(rooms)); }
  void advance() {
    // Exponential gaps: a Poisson process. The top 53 bits make a double in (0, 1].
    const double uniform = (static_cast<double>(rng_.next() >> 11) + 1) * 0x1p-53;
    next_ += Duration(static_cast<Duration::rep>(-std::log(uniform) * mean_ns_));
  }

 private:
  double mean_ns_;
  Rng rng_;
  Instant next_;
};

}  // namespace starling::bench
