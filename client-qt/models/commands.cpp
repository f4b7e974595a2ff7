#include "client-qt/models/commands.h"

#include <utility>

namespace starling::qt {

client::Draft draft_of(const RoomOrder& order) {
  using wire::EventKind;
  switch (order.act) {
    case RoomAct::Title:
      return client::Draft{.kind = EventKind::RoomTitle, .body = order.text};
    case RoomAct::Topic:
      return client::Draft{.kind = EventKind::RoomTopic, .body = order.text};
    case RoomAct::Visibility:
      return client::Draft{.kind = EventKind::RoomVisibility, .body = order.text};
    case RoomAct::History:
      return client::Draft{.kind = EventKind::RoomHistory, .body = order.text};
    case RoomAct::Pin:
      return client::Draft{.kind = EventKind::Pin, .target = order.target};
    case RoomAct::Unpin:
      return client::Draft{.kind = EventKind::Unpin, .target = order.target};
    case RoomAct::Add:
      return client::Draft{.kind = EventKind::MemberAdd, .subject = order.subject, .role = wire::Role::Member};
    case RoomAct::Invite:
      return client::Draft{.kind = EventKind::MemberInvite, .subject = order.subject};
    case RoomAct::Role:
      return client::Draft{.kind = EventKind::MemberAdd, .subject = order.subject, .role = order.role};
    case RoomAct::Remove:
      return client::Draft{.kind = EventKind::MemberRemove, .subject = order.subject};
    case RoomAct::Ban:
      return client::Draft{.kind = EventKind::MemberBan, .subject = order.subject};
    case RoomAct::Unban:
      return client::Draft{.kind = EventKind::MemberUnban, .subject = order.subject};
    case RoomAct::Mute:
      return client::Draft{.kind = EventKind::MemberMute, .subject = order.subject};
    case RoomAct::Unmute:
      return client::Draft{.kind = EventKind::MemberUnmute, .subject = order.subject};
  }
  return {};
}

client::Draft message_draft(std::string text, Seq reply_to, Seq thread) {
  return {.kind = wire::EventKind::Message, .target = reply_to, .thread = thread, .body = std::move(text)};
}

std::string role_text(wire::Role role) {
  switch (role) {
    case wire::Role::None:
      return "none";
    case wire::Role::Member:
      return "member";
    case wire::Role::Moderator:
      return "moderator";
    case wire::Role::Admin:
      return "admin";
    case wire::Role::Owner:
      return "owner";
  }
  return "none";
}

std::optional<wire::Role> role_of(const std::string& text) {
  for (const wire::Role role : {wire::Role::Member, wire::Role::Moderator, wire::Role::Admin, wire::Role::Owner}) {
    if (role_text(role) == text) return role;
  }
  return std::nullopt;
}

const char* describe(client::CommandError error) {
  switch (error) {
    case client::CommandError::UnknownRoom:
      return "The room is not known on this device yet.";
    case client::CommandError::TooLarge:
      return "That is too long.";
    case client::CommandError::BadText:
      return "That is no valid text.";
    case client::CommandError::Full:
      return "Too many messages wait to be sent. Wait until there is a connection.";
    case client::CommandError::Offline:
      return "There is no connection.";
  }
  return "";
}

}  // namespace starling::qt
