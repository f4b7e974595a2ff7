// Hands inputs to the core with the time of the turn, and collects what it asks for.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "server/core/lease.h"
#include "server/core/shard.h"

namespace starling::runtime {

/// The steady clock, as the core counts it.
Instant steady_now();
/// The machine's clocks.
core::Now machine_now();

/// What the store's clock is ahead of the machine's; nothing: it has none.
inline core::StoreClock apart_of(const core::StoreClock& store, const core::Now& now) {
  if (!store) return std::nullopt;
  return std::chrono::floor<std::chrono::milliseconds>(now.at.time_since_epoch()) + *store -
         now.wall.time_since_epoch();
}

/// What a node of several holds its wall clock to. Written by its membership, read by its shards.
class SharedStoreClock {
 public:
  void set(core::StoreClock clock) { ahead_ms_.store(clock ? clock->count() : kUnknown, std::memory_order_relaxed); }
  core::StoreClock get() const {
    const std::int64_t ms = ahead_ms_.load(std::memory_order_relaxed);
    return ms == kUnknown ? core::StoreClock() : std::chrono::milliseconds(ms);
  }

 private:
  static constexpr std::int64_t kUnknown = INT64_MIN;
  std::atomic<std::int64_t> ahead_ms_{kUnknown};
};

/// The machine's clocks, where a node of several goes by them.
core::Now now_held_to(const SharedStoreClock& store_clock);

class CoreDriver {
 public:
  CoreDriver(core::Shard shard, const SharedStoreClock& store_clock)
      : shard_(std::move(shard)), store_clock_(store_clock) {}

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
    return !pending_.sends.empty() || !pending_.closes.empty() || !pending_.posts.empty() || !pending_.store.empty() ||
           !pending_.directory.empty() || pending_.view_is_old;
  }

  const core::Shard& shard() const { return shard_; }

 private:
  static constexpr std::size_t kSendsMax = 4096;
  static constexpr std::size_t kRecipientsKept = 64 * 1024;

  core::Shard shard_;
  const SharedStoreClock& store_clock_;
  core::Now now_{};
  core::Effects pending_;
  core::Effects taken_;
};

}  // namespace starling::runtime
