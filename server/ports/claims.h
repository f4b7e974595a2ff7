// Who a connection speaks for, as the runtime has verified it. The core never sees a token.
#pragma once

#include <cstdint>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace starling::ports {

/// Budgets of a connection, granted by the token (load tests carry a wider grant; the defaults are never changed). What is
/// spent stays spent when the connection ends: the user's next one begins with what is left.
struct Grants {
  std::uint32_t sends_per_s = 2;  // sustained
  std::uint32_t sends_burst = 20;
  bool operator==(const Grants&) const = default;
};

struct Claims {
  UserId user;
  DeviceId device;
  WallTime expires;
  Grants grants;
  bool from_ticket = false;  // a resume: verified by the ticket, not by the token
  bool operator==(const Claims&) const = default;
};

}  // namespace starling::ports
