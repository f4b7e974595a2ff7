// The first frame of a connection: who is it, and may it come in?
#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"
#include "common/wire/frames.h"
#include "server/auth/authenticator.h"
#include "server/auth/revoked_devices.h"
#include "server/core/shard.h"

namespace starling::runtime {

struct Refusal {
  std::uint16_t close_code = 0;
  std::string text;  // names the fix; at most 123 bytes, for a close frame
};

/// What the core is told of a connection whose Hello is good.
/// `revoked` may be null.
Result<core::Connected, Refusal> admit(const auth::Authenticator& authenticator, const auth::RevokedDevices* revoked,
                                       ConnId conn, wire::ClientFrame&& first, WallTime now);

}  // namespace starling::runtime
