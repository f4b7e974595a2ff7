// Resume tickets: a session's claims under a keyed hash, for the next Hello. Cheaper to verify than a token by two
// orders of magnitude, which is what a reconnect storm needs, and never valid for longer than the token was.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "common/base/result.h"
#include "common/base/time.h"
#include "server/auth/errors.h"
#include "server/auth/keys.h"
#include "server/auth/token.h"
#include "server/ports/claims.h"

namespace starling::auth {

inline constexpr std::chrono::minutes kTicketTtl{5};
static_assert(kTicketTtl + kWallTolerance <= std::chrono::minutes(10),
              "a ticket is refused 10 minutes after its minting");

struct Ticket {
  std::string text;
  WallTime expires;
};

/// For the session of `claims`; `nonce` makes tickets of one session differ.
Ticket mint_ticket(const TicketKey& key, const ports::Claims& claims, std::uint64_t nonce, WallTime now);

/// `raw` is the decoded credential (claims_codec.h). The claims' expiry is the token's the session began with.
Result<ports::Claims, AuthError> verify_ticket(std::span<const TicketKey> keys, std::span<const unsigned char> raw,
                                               WallTime now);

}  // namespace starling::auth
