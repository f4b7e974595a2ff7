// Access tokens: claims under an Ed25519 signature, verified without any look-up.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "server/auth/errors.h"
#include "server/auth/keys.h"
#include "server/ports/claims.h"

namespace starling::auth {

/// How far the wall clocks of the host that minted and of the host that verifies may be apart.
inline constexpr std::chrono::minutes kWallTolerance{5};

struct TokenClaims {
  UserId user;
  DeviceId device;
  WallTime issued;
  WallTime expires;
  ports::Grants grants;
};

std::string mint_token(const TokenSecret& secret, const TokenClaims& claims);

/// `raw` is the decoded credential (claims_codec.h).
Result<ports::Claims, AuthError> verify_token(std::span<const TokenPublic> keys, std::span<const unsigned char> raw,
                                              WallTime now);

}  // namespace starling::auth
