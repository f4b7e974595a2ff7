#include "server/auth/revoked_devices.h"

#include <gtest/gtest.h>

namespace starling::auth {
namespace {

using namespace std::chrono_literals;
constexpr WallTime kNow = wall_from_ms(1'700'000'000'000);

TEST(RevokedDevices, ADeviceIsNewsOnce) {
  RevokedDevices revoked;
  EXPECT_FALSE(revoked.contains(DeviceId(7)));
  EXPECT_TRUE(revoked.add(DeviceId(7), kNow));
  EXPECT_FALSE(revoked.add(DeviceId(7), kNow + 1s));
  EXPECT_TRUE(revoked.contains(DeviceId(7)));
  EXPECT_FALSE(revoked.contains(DeviceId(8)));
}

TEST(RevokedDevices, NobodyIsForgottenWhileACredentialMayBeInItsTime) {
  RevokedDevices revoked;
  revoked.add(DeviceId(7), kNow);
  // Handed out just before by a clock that is ahead, verified by one that is behind.
  revoked.prune(kNow + kWallTolerance + kAccessTtl + kWallTolerance);
  EXPECT_TRUE(revoked.contains(DeviceId(7)));
  revoked.prune(kNow + kRevokedKept + 1ms);
  EXPECT_EQ(revoked.size(), 0u);
}

}  // namespace
}  // namespace starling::auth
