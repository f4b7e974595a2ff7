// When those who were refused come back: each in a slot of its own, or they would all be there at once again.
#pragma once

#include <algorithm>
#include <chrono>

#include "common/base/rng.h"
#include "common/base/time.h"

namespace starling::core {

class ReturnSlots {
 public:
  /// The wait until the next free one. `apart`: how long what there is a slot for takes.
  Duration next(Instant now, Duration apart, Rng& rng) {
    // Further apart than what may come in, so that a slot is free for who is there in time.
    promised_until_ = std::max(promised_until_, now) + apart * 5 / 4;
    const Duration wait = promised_until_ - now;
    if (wait <= kLongest) return wait;
    promised_until_ = now + kLongest;
    return kLongest / 2 + Duration(static_cast<Duration::rep>(rng.below((kLongest / 2).count())));
  }

 private:
  static constexpr Duration kLongest = std::chrono::seconds(60);

  Instant promised_until_{};
};

}  // namespace starling::core
