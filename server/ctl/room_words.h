// Rooms in words: names of kinds and roles, times, titles that cannot drive a terminal.
#pragma once

#include <string>
#include <string_view>

#include "common/base/time.h"
#include "common/wire/event.h"

namespace starling::ctl {

std::string_view name_of(wire::EventKind kind);
std::string_view name_of(wire::Role role);
std::string_view name_of(wire::RoomKind kind);
/// 2023-11-14T22:13:20.005Z.
std::string iso(WallTime time);
/// A title is a user's text: what could move the terminal's cursor is shown as '?'.
std::string printable(std::string_view text);

}  // namespace starling::ctl
