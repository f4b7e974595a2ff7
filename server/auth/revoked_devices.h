// Devices whose credentials are void although their signatures are good. An entry is needed for as long as a credential
// of the device can still be in its time; the store keeps the fact for good. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "server/auth/token.h"

namespace starling::auth {

/// Of the tokens that a login hands out.
inline constexpr std::chrono::minutes kAccessTtl{10};
/// From then on a credential that was handed out before the revocation is refused for its age.
inline constexpr std::chrono::minutes kRevokedKept = kAccessTtl + 2 * kWallTolerance;

class RevokedDevices {
 public:
  /// False when it was known.
  bool add(DeviceId device, WallTime revoked);
  bool contains(DeviceId device) const;
  /// Forgets what was revoked longer ago than kRevokedKept.
  void prune(WallTime now);
  std::size_t size() const;

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<DeviceId, WallTime> devices_;
};

}  // namespace starling::auth
