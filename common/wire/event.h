// A durable event of a room's log, and the fold that names a log prefix.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace starling::wire {

enum class EventKind : std::uint8_t {
  Message = 1,         // body: text; target: the message replied to, or 0
  Edit = 2,            // body: the new text; target: the message
  Delete = 3,          // target: the message
  ReactionAdd = 4,     // body: emoji; target: the message
  ReactionRemove = 5,  // body: emoji; target: the message
  MemberAdd = 6,       // subject joins with role (also: a member's role changes)
  MemberRemove = 7,    // subject leaves, or is removed
  RoomTitle = 8,       // body: the new title
};

enum class RoomKind : std::uint8_t { Group = 1, Direct = 2 };
enum class Role : std::uint8_t { None = 0, Member = 1, Moderator = 2, Admin = 3, Owner = 4 };

struct Event {
  RoomId room;
  Epoch epoch;
  Seq seq;
  EventKind kind = EventKind::Message;
  UserId sender;
  DeviceId device;  // the room's reserved server device (DeviceId 0) for events the server makes
  Cseq cseq;
  ClientMsgId client_msg_id;
  WallTime ts;               // max(ts of the event before, the home's wall clock): for display only
  std::uint64_t msg_no = 0;  // messages (kind Message) up to and including this event; unread is a difference of these
  Seq target;
  UserId subject;
  Role role = Role::None;
  std::uint64_t erased_hash = 0;  // a deletion erased the body: its hash, so that the fold still joins; else 0
  std::string body;

  bool operator==(const Event&) const = default;
};

/// XXH3-64 of a body.
std::uint64_t body_hash(std::string_view body);

/// H(before ‖ seq ‖ kind ‖ sender ‖ device ‖ cseq ‖ target ‖ subject ‖ role ‖ hash of body): a pure fold over the
/// log, computed alike by homes, clients and the store. Not keyed: it finds forks, it does not resist forgery.
/// The body's hash is erased_hash where a deletion erased the body. Never PrefixHash(0), which is the empty log.
PrefixHash fold(PrefixHash before, const Event& event);

}  // namespace starling::wire
