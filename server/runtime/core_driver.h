// Hands inputs to the core with the time of the turn, and collects what it asks for.
#pragma once

#include <utility>

#include "server/core/shard.h"

namespace starling::runtime {

class CoreDriver {
 public:
  CoreDriver(core::Shard shard) : shard_(std::move(shard)) {}

  /// The machine's clocks are read here and nowhere else in a turn.
  void read_clocks();
  const core::Now& now() const { return now_; }

  void on(core::Input&& input) { shard_.on(now_, std::move(input), pending_); }

  /// Enough has been asked for: carry it out before the next input.
  bool full() const { return pending_.sends.size() >= kSendsMax; }

  /// Swaps out what has been asked for since the last time; the core may be driven again while it is carried out.
  core::Effects& take_effects() {
    taken_.clear();
    // A single input may ask for more than a turn's worth; its memory is not kept for the next time.
    if (taken_.sends.capacity() > 2 * kSendsMax || taken_.recipients.capacity() > kRecipientsKept) taken_ = {};
    std::swap(pending_, taken_);
    return taken_;
  }
  bool has_effects() const {
    return !pending_.sends.empty() || !pending_.closes.empty() || !pending_.posts.empty() || !pending_.store.empty();
  }

  const core::Shard& shard() const { return shard_; }

 private:
  static constexpr std::size_t kSendsMax = 4096;
  static constexpr std::size_t kRecipientsKept = 64 * 1024;

  core::Shard shard_;
  core::Now now_{};
  core::Effects pending_;
  core::Effects taken_;
};

/// The steady clock, as the core counts it.
Instant steady_now();

}  // namespace starling::runtime
