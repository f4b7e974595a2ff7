// Who comes into a room by its link, past the shards: the row for the room's log.
#pragma once

#include "server/ports/store.h"

namespace starling::ports {

/// As of who accepts an invitation: the row is the server's.
inline CommitRow entry_of(UserId user) {
  return {.user = user,
          .kind = wire::EventKind::MemberAdd,
          .subject = user,
          .role = wire::Role::Member,
          .body_hash = wire::body_hash({})};
}

}  // namespace starling::ports
