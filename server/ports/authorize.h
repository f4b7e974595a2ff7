// Who may do what in a room, and what it does to its subject. Pure functions, called by every store inside the commit or the
// snapshot that they are about: a right is looked up and used under the same lock.
#pragma once

#include <cstdint>
#include <optional>

#include "common/wire/event.h"

namespace starling::ports {

/// Where a user stands in a room.
struct Standing {
  wire::Role role = wire::Role::None;  // None: not a member
  bool muted = false;                  // may read and leave, and say nothing; outlives the membership
  bool banned = false;                 // may not come back until it is lifted
  bool invited = false;                // may join, once
  bool operator==(const Standing&) const = default;
};

struct AppendRequest {
  wire::EventKind kind = wire::EventKind::Message;
  wire::RoomKind room_kind = wire::RoomKind::Group;
  bool room_public = false;
  Standing sender;
  bool subject_is_sender = false;
  Standing subject;
  wire::Role granted = wire::Role::None;  // MemberAdd: the role asked for
  bool target_is_own = false;             // the target message was sent by the sender
  bool mentions_room = false;             // the text calls everybody
  bool blocked = false;                   // in a direct room: one of the two has blocked the other
};

/// True when the event may be appended. Whether the target exists is `target_fits`'s to say.
constexpr bool may_append(const AppendRequest& r) {
  using enum wire::EventKind;
  const bool group = r.room_kind == wire::RoomKind::Group;
  const bool member = r.sender.role != wire::Role::None;
  const bool speaks = member && !r.sender.muted && !r.blocked;
  const bool moderates = group && r.sender.role >= wire::Role::Moderator;
  const bool outranks = moderates && r.subject.role < r.sender.role;
  switch (r.kind) {
    case Message:
      return speaks && (!r.mentions_room || !group || moderates);
    case Edit:
      return speaks && r.target_is_own && (!r.mentions_room || !group || moderates);
    case ReactionAdd:
      return speaks;
    case ReactionRemove:
      return member;
    case Delete:
      return member && (r.target_is_own || moderates);
    case MemberAdd:
      if (!member) {  // joins
        return group && r.subject_is_sender && r.granted == wire::Role::Member && !r.sender.banned &&
               (r.room_public || r.sender.invited);
      }
      return moderates && r.granted >= wire::Role::Member && r.granted <= r.sender.role && !r.subject.banned &&
             (r.subject.role < r.sender.role || (r.subject_is_sender && r.subject.role <= r.sender.role));
    case MemberRemove:
      if (!member) return r.subject_is_sender && r.sender.invited;  // declines
      return group && r.subject.role != wire::Role::None && (r.subject_is_sender || outranks);
    case MemberInvite:
      return group && member && (r.room_public || moderates) && r.subject.role == wire::Role::None && !r.subject.banned;
    case MemberMute:
    case MemberUnmute:
      return outranks && !r.subject_is_sender && r.subject.role != wire::Role::None;
    case MemberBan:
      return outranks && !r.subject_is_sender;
    case MemberUnban:
      return moderates && r.subject.banned;
    case RoomTitle:
    case RoomTopic:
      return moderates;
    case RoomVisibility:
    case RoomHistory:
      return group && r.sender.role >= wire::Role::Admin;
    case Pin:
    case Unpin:
      return group ? moderates : speaks;
  }
  return false;
}

/// What is asked of a room beside its log.
enum class Look : std::uint8_t {
  Room,     // title, topic, how many members
  Members,  // who they are
  History,  // where in the log something is
  Links,    // see, make or revoke them; and who is banned
};
struct LookRequest {
  Look look = Look::Room;
  wire::RoomKind room_kind = wire::RoomKind::Group;
  bool room_public = false;
  Standing caller;
};
constexpr bool may_look(const LookRequest& r) {
  const bool member = r.caller.role != wire::Role::None;
  switch (r.look) {
    case Look::Room:
      return member || ((r.room_public || r.caller.invited) && !r.caller.banned);
    case Look::Members:
    case Look::History:
      return member;
    case Look::Links:
      return r.room_kind == wire::RoomKind::Group && r.caller.role >= wire::Role::Moderator;
  }
  return false;
}

/// That somebody may do what they asked for. Only `authorize` makes one, and what acts for somebody takes one.
class Permit {
 public:
  friend constexpr std::optional<Permit> authorize(const AppendRequest& request);
  friend constexpr std::optional<Permit> authorize(const LookRequest& request);

 private:
  constexpr Permit() = default;
};
constexpr std::optional<Permit> authorize(const AppendRequest& request) {
  return may_append(request) ? std::optional(Permit()) : std::nullopt;
}
constexpr std::optional<Permit> authorize(const LookRequest& request) {
  return may_look(request) ? std::optional(Permit()) : std::nullopt;
}

/// How `kind`, appended, leaves its subject. Unchanged by the kinds that have none.
constexpr Standing standing_after(wire::EventKind kind, wire::Role granted, Standing subject) {
  switch (kind) {
    case wire::EventKind::MemberAdd:
      subject.role = granted;
      subject.invited = false;
      break;
    case wire::EventKind::MemberRemove:
      subject.role = wire::Role::None;
      subject.invited = false;
      break;
    case wire::EventKind::MemberBan:
      subject.role = wire::Role::None;
      subject.invited = false;
      subject.banned = true;
      break;
    case wire::EventKind::MemberUnban:
      subject.banned = false;
      break;
    case wire::EventKind::MemberInvite:
      subject.invited = true;
      break;
    case wire::EventKind::MemberMute:
      subject.muted = true;
      break;
    case wire::EventKind::MemberUnmute:
      subject.muted = false;
      break;
    default:
      break;
  }
  return subject;
}

/// What a row refers to, as the log holds it.
struct Target {
  bool exists = false;
  wire::EventKind kind = wire::EventKind::Message;
  UserId sender;
  Seq thread;
  bool is_message() const { return exists && kind == wire::EventKind::Message; }
};

/// True when the row may refer to that. `thread` is the root that a message names.
constexpr bool target_fits(wire::EventKind kind, Seq target_seq, const Target& target, Seq thread_seq,
                           const Target& thread) {
  switch (kind) {
    case wire::EventKind::Edit:
    case wire::EventKind::Delete:
    case wire::EventKind::ReactionAdd:
    case wire::EventKind::ReactionRemove:
    case wire::EventKind::Pin:
    case wire::EventKind::Unpin:
      return !thread_seq && target.is_message();
    case wire::EventKind::Message:
      // Threads are one level deep: their root is in none.
      return (!target_seq || target.is_message()) && (!thread_seq || (thread.is_message() && !thread.thread));
    default:
      return !thread_seq;
  }
}

}  // namespace starling::ports
