// A token bucket, kept as the moment at which it is full again, which every send puts off. A device has one and a room has
// one; a long message costs more than a short one.
#pragma once

#include <algorithm>
#include <chrono>
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
      : per_s_(std::max(grants.sends_per_s, 1u)), burst_(std::max(grants.sends_burst, 1u)), full_at_(now) {}

  /// What a send with such a body takes: one for each unit that it has begun.
  static std::uint32_t cost_of(const Config& config, std::size_t body_bytes) {
    const std::size_t units = (body_bytes + config.send_cost_bytes - 1) / config.send_cost_bytes;
    return static_cast<std::uint32_t>(std::max<std::size_t>(units, 1));
  }
  /// 0 means taken. Otherwise returns the milliseconds until a whole window of sends can go, so that who comes back is
  /// not sent away again after the first.
  std::uint32_t take(std::uint32_t cost, Instant now) {
    const Duration missing = std::max(full_at_ - now, Duration{});
    const std::uint32_t needed = std::min(cost, burst_);
    if (missing + time_of(needed) <= time_of(burst_)) {
      full_at_ = now + missing + time_of(needed);
      return 0;
    }
    const std::uint32_t wanted = std::max(needed, std::min(burst_, wire::limits::kInFlightPerRoomMax));
    const Duration wait = missing + time_of(wanted) - time_of(burst_);
    const std::int64_t ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
    return static_cast<std::uint32_t>(std::min<std::int64_t>(ms, UINT32_MAX));
  }
  /// When nothing of what was taken is missing any more.
  Instant full_at() const { return full_at_; }
  /// What another budget of the same owner had taken is missing here.
  void fill_at(Instant full, Instant now) { full_at_ = std::min(std::max(full_at_, full), now + time_of(burst_)); }

 private:
  /// In which so many come.
  Duration time_of(std::uint32_t sends) const { return sends * Duration(std::chrono::seconds(1)) / per_s_; }

  std::uint32_t per_s_ = 1;
  std::uint32_t burst_ = 1;
  Instant full_at_{};
};
static_assert(sizeof(Budget) == 16);

}  // namespace starling::core
