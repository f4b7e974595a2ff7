// Decides when queued frames are written. A system call is the price of a delivery, so above a light load the shard
// waits a little for more events that can share a write; when light it does not wait at all.
//
// The wait grows linearly with the share of time that the loop is busy: 0 below kLight, delay_min at kLight,
// delay_max from kHeavy on. The share is an exponential average over windows of at least 20 ms.
#pragma once

#include <algorithm>

#include "common/base/time.h"

namespace starling::runtime {

using namespace std::chrono_literals;

class FlushPacer {
 public:
  static constexpr double kLight = 0.30;
  static constexpr double kHeavy = 0.80;

  FlushPacer(Duration delay_min, Duration delay_max) : delay_min_(delay_min), delay_max_(delay_max) {}

  /// After each turn of the loop: how long it worked, and how long it waited for work before.
  void turn(Duration busy, Duration idle) {
    busy_ += busy;
    idle_ += idle;
    const Duration window = busy_ + idle_;
    if (window < kWindow) return;
    const double now = static_cast<double>(busy_.count()) / static_cast<double>(window.count());
    // A long window says more about the present than a short one: after half a second of quiet the past is forgotten.
    const double weight =
        std::min(1.0, 0.25 * static_cast<double>(window.count()) / static_cast<double>(kWindow.count()));
    load_ += weight * (now - load_);
    busy_ = idle_ = Duration::zero();
  }

  double load() const { return load_; }

  Duration delay() const {
    if (load_ < kLight || delay_max_ == Duration::zero()) return Duration::zero();
    const double share = std::min(1.0, (load_ - kLight) / (kHeavy - kLight));
    return delay_min_ +
           Duration(static_cast<Duration::rep>(share * static_cast<double>((delay_max_ - delay_min_).count())));
  }

 private:
  static constexpr Duration kWindow = 20ms;

  Duration delay_min_;
  Duration delay_max_;
  Duration busy_{};
  Duration idle_{};
  double load_ = 0;
};

}  // namespace starling::runtime
