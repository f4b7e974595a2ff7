// Who may append what to a room's log. One pure function, called inside the commit by every store.
#pragma once

#include "common/wire/event.h"

namespace starling::ports {

struct AppendRequest {
  wire::EventKind kind = wire::EventKind::Message;
  wire::RoomKind room_kind = wire::RoomKind::Group;
  wire::Role sender = wire::Role::None;  // the sender's role now; None: not a member
  bool subject_is_sender = false;
  wire::Role subject = wire::Role::None;  // the subject's role now
  wire::Role granted = wire::Role::None;  // MemberAdd: the role asked for
  bool target_is_own = false;             // the target message was sent by the sender
};

/// True when the event may be appended. Whether the target exists is the store's to check.
constexpr bool may_append(const AppendRequest& r) {
  using enum wire::EventKind;
  if (r.sender == wire::Role::None) return false;
  switch (r.kind) {
    case Message:
    case ReactionAdd:
    case ReactionRemove:
      return true;
    case Edit:
      return r.target_is_own;
    case Delete:
      return r.target_is_own || r.sender >= wire::Role::Moderator;
    case MemberAdd:
      return r.room_kind == wire::RoomKind::Group && r.sender >= wire::Role::Moderator &&
             r.granted >= wire::Role::Member && r.granted <= r.sender && r.subject <= r.sender &&
             (r.subject < r.sender || r.subject_is_sender);
    case MemberRemove:
      return r.subject != wire::Role::None && r.room_kind == wire::RoomKind::Group &&
             (r.subject_is_sender || (r.sender >= wire::Role::Moderator && r.subject < r.sender));
    case RoomTitle:
      return r.room_kind == wire::RoomKind::Group && r.sender >= wire::Role::Moderator;
  }
  return false;
}

}  // namespace starling::ports
