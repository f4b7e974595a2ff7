#include "server/auth/revoked_devices.h"

namespace starling::auth {

bool RevokedDevices::add(DeviceId device, WallTime revoked) {
  const std::unique_lock lock(mutex_);
  return devices_.try_emplace(device, revoked).second;
}

bool RevokedDevices::contains(DeviceId device) const {
  const std::shared_lock lock(mutex_);
  return devices_.contains(device);
}

void RevokedDevices::prune(WallTime now) {
  const std::unique_lock lock(mutex_);
  std::erase_if(devices_, [now](const auto& each) { return each.second + kRevokedKept < now; });
}

std::size_t RevokedDevices::size() const {
  const std::shared_lock lock(mutex_);
  return devices_.size();
}

}  // namespace starling::auth
