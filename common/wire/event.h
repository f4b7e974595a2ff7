// A durable event of a room's log, and the fold that names a log prefix.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace starling::wire {

enum class EventKind : std::uint8_t {
  Message = 1,          // body: text; target: the message replied to, or 0
  Edit = 2,             // body: the new text; target: the message
  Delete = 3,           // target: the message
  ReactionAdd = 4,      // body: emoji; target: the message
  ReactionRemove = 5,   // body: emoji; target: the message
  MemberAdd = 6,        // subject joins with role (also: a member's role changes)
  MemberRemove = 7,     // subject leaves, is removed, or declines an invitation
  RoomTitle = 8,        // body: the new title
  RoomTopic = 9,        // body: the new topic
  RoomVisibility = 10,  // body: kPrivate or kPublic
  RoomHistory = 11,     // body: kHistoryAll or kHistoryJoined, for members who join from now on
  Pin = 12,             // target: the message
  Unpin = 13,           // target: the message
  MemberInvite = 14,    // subject may join
  MemberMute = 15,      // subject may say nothing
  MemberUnmute = 16,
  MemberBan = 17,  // subject is removed, and may not come back
  MemberUnban = 18,
};
inline constexpr EventKind kLastEventKind = EventKind::MemberUnban;

/// A public room is listed, and anybody may join it.
inline constexpr std::string_view kPrivate = "private";
inline constexpr std::string_view kPublic = "public";
/// What who joins may read: everything, or what was said from then on.
inline constexpr std::string_view kHistoryAll = "all";
inline constexpr std::string_view kHistoryJoined = "joined";

/// True for what may change who is a member, or as what.
constexpr bool changes_member(EventKind kind) {
  return kind == EventKind::MemberAdd || kind == EventKind::MemberRemove || kind == EventKind::MemberBan;
}
/// True for what says something about a user, its subject.
constexpr bool has_subject(EventKind kind) {
  return changes_member(kind) || (kind >= EventKind::MemberInvite && kind <= EventKind::MemberUnban);
}
constexpr bool ends_membership(EventKind kind) {
  return kind == EventKind::MemberRemove || kind == EventKind::MemberBan;
}

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
  Seq thread;  // Message: the root of the thread it is in; 0: none
  UserId subject;
  Role role = Role::None;
  std::uint64_t erased_hash = 0;  // a deletion erased the body: its hash, so that the fold still joins; else 0
  std::string body;

  bool operator==(const Event&) const = default;
};

/// XXH3-64 of a body.
std::uint64_t body_hash(std::string_view body);

/// H(before ‖ seq ‖ kind ‖ sender ‖ device ‖ cseq ‖ target ‖ subject ‖ role ‖ hash of body [‖ thread, unless
/// 0]): a pure fold over the log, computed alike by homes, clients and the store. Not keyed: it finds forks, it does not resist forgery.
/// The body's hash is erased_hash where a deletion erased the body. Never PrefixHash(0), which is the empty log.
PrefixHash fold(PrefixHash before, const Event& event);

}  // namespace starling::wire
