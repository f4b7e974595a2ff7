#include "loadsim/users/action.h"

#include <algorithm>

namespace starling::users {
namespace {

constexpr std::array<std::string_view, kActions> kNames{
    "send",      "reply",  "edit",   "delete",      "react",       "unreact",
    "mark_read", "typing", "scroll", "switch_room", "open_direct", "reconnect",
};

}  // namespace

std::string_view name_of(Action action) { return kNames[static_cast<std::size_t>(action)]; }

std::optional<Action> action_by_name(std::string_view name) {
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Action>(found - kNames.begin());
}

}  // namespace starling::users
