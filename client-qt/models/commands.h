// What a person can do to a room, as a draft for the log. The one place that knows which event says it.
#pragma once

#include <optional>
#include <string>

#include "common/client/session.h"

namespace starling::qt {

enum class RoomAct : std::uint8_t {
  Title,
  Topic,
  Visibility,
  History,
  Pin,
  Unpin,
  Add,
  Invite,
  Remove,
  Ban,
  Unban,
  Mute,
  Unmute,
  Role,
};

struct RoomOrder {
  RoomAct act;
  Seq target;
  UserId subject;
  wire::Role role = wire::Role::None;
  std::string text;
};

client::Draft draft_of(const RoomOrder& order);

client::Draft message_draft(std::string text, Seq reply_to, Seq thread);

std::string role_text(wire::Role role);
std::optional<wire::Role> role_of(const std::string& text);

/// For people.
const char* describe(client::CommandError error);

}  // namespace starling::qt
