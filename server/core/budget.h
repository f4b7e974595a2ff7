// A token bucket in thousandths of a send, so that no fraction is lost and no floating point decides. A device has one and a
// room has one; a long message costs more than a short one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "common/base/time.h"
#include "common/wire/limits.h"
#include "server/core/config.h"
#include "server/ports/claims.h"

namespace starling::core {

class Budget {
 public:
  Budget() = default;
  Budget(const ports::Grants& grants, Instant now)
      : per_s_(std::max(grants.sends_per_s, 1u)),
        burst_(std::max(grants.sends_burst, 1u)),
        milli_(std::uint64_t{burst_} * kMilli),
        at_(now) {}

  /// What a send with such a body takes: one for each unit that it has begun.
  static std::uint32_t cost_of(const Config& config, std::size_t body_bytes) {
    const std::size_t units = (body_bytes + config.send_cost_bytes - 1) / config.send_cost_bytes;
    return static_cast<std::uint32_t>(std::max<std::size_t>(units, 1));
  }
  /// 0 means taken. Otherwise returns the milliseconds until a whole window of sends can go, so that who comes back is
  /// not sent away again after the first.
  std::uint32_t take(std::uint32_t cost, Instant now) {
    refill(now);
    const std::uint64_t needed = kMilli * std::min(cost, burst_);
    if (milli_ >= needed) {
      milli_ -= needed;
      return 0;
    }
    const std::uint64_t wanted = std::max(needed, kMilli * std::min(burst_, wire::limits::kInFlightPerRoomMax));
    return static_cast<std::uint32_t>((wanted - milli_ + per_s_ - 1) / per_s_);
  }
  /// When nothing of what was taken is missing any more.
  Instant full_at() const {
    const std::uint64_t missing = std::uint64_t{burst_} * kMilli - milli_;
    return at_ + std::chrono::milliseconds((missing + per_s_ - 1) / per_s_);
  }
  /// What another budget of the same owner had taken is missing here.
  void fill_at(Instant full, Instant now) {
    refill(now);
    if (full <= full_at()) return;
    const auto ms = static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::milliseconds>(full - now).count());
    const std::uint64_t most = std::uint64_t{burst_} * kMilli;
    milli_ = ms >= most / per_s_ ? 0 : most - ms * per_s_;
  }

 private:
  static constexpr std::uint64_t kMilli = 1000;

  void refill(Instant now) {
    // One thousandth comes in each 1 / per_s milliseconds.
    const auto elapsed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - at_);
    if (elapsed_ms.count() <= 0) return;
    const std::uint64_t full = std::uint64_t{burst_} * kMilli;
    const auto elapsed = static_cast<std::uint64_t>(std::min<std::int64_t>(elapsed_ms.count(), 3'600'000));
    milli_ = std::min(full, milli_ + elapsed * per_s_);
    at_ += elapsed_ms;
  }

  std::uint32_t per_s_ = 1;
  std::uint32_t burst_ = 1;
  std::uint64_t milli_ = 0;
  Instant at_{};
};

}  // namespace starling::core
