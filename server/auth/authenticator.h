// What the runtime asks: is this credential good, and what ticket does the session get? Immutable after construction:
// safe to share between threads.
#pragma once

#include <string_view>

#include "common/base/result.h"
#include "common/base/time.h"
#include "server/auth/errors.h"
#include "server/auth/keys.h"
#include "server/auth/ticket.h"
#include "server/ports/claims.h"

namespace starling::auth {

class Authenticator {
 public:
  /// Needs at least one key of each kind.
  explicit Authenticator(ServerKeys keys);

  /// A token or a ticket.
  Result<ports::Claims, AuthError> verify(std::string_view credential, WallTime now) const;
  Ticket ticket_for(const ports::Claims& claims, WallTime now) const;

 private:
  ServerKeys keys_;
};

}  // namespace starling::auth
