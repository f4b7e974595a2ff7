// What a virtual user may do next. Names are those of scenario files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace starling::users {

enum class Action : std::uint8_t {
  Send,
  Reply,    // to the newest message of the room
  Edit,     // the user's own newest message there
  Delete,   // the same
  React,    // to the newest message
  Unreact,  // what was reacted last
  MarkRead,
  Typing,
  Scroll,      // a page of history, backwards
  SwitchRoom,  // another room is open: everything of it, heads of the one before; and read it
  OpenDirect,  // a direct room with somebody, which then is the open one
  Reconnect,   // close the connection and come back
  kCount
};
inline constexpr std::size_t kActions = static_cast<std::size_t>(Action::kCount);

std::string_view name_of(Action action);
std::optional<Action> action_by_name(std::string_view name);

/// It ends as an event in a room's log.
constexpr bool is_send(Action action) { return action <= Action::Unreact; }

}  // namespace starling::users
