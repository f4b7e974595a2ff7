#include "server/ctl/room_words.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace starling::ctl {

std::string_view name_of(wire::EventKind kind) {
  using enum wire::EventKind;
  switch (kind) {
    case Message:
      return "message";
    case Edit:
      return "edit";
    case Delete:
      return "delete";
    case ReactionAdd:
      return "reaction add";
    case ReactionRemove:
      return "reaction remove";
    case MemberAdd:
      return "member add";
    case MemberRemove:
      return "member remove";
    case RoomTitle:
      return "room title";
    case RoomTopic:
      return "room topic";
    case RoomVisibility:
      return "room visibility";
    case RoomHistory:
      return "room history";
    case Pin:
      return "pin";
    case Unpin:
      return "unpin";
    case MemberInvite:
      return "member invite";
    case MemberMute:
      return "member mute";
    case MemberUnmute:
      return "member unmute";
    case MemberBan:
      return "member ban";
    case MemberUnban:
      return "member unban";
  }
  return "?";  // written by a newer version
}

std::string_view name_of(wire::Role role) {
  using enum wire::Role;
  switch (role) {
    case None:
      return "none";
    case Member:
      return "member";
    case Moderator:
      return "moderator";
    case Admin:
      return "admin";
    case Owner:
      return "owner";
  }
  return "?";
}

std::string_view name_of(wire::RoomKind kind) {
  switch (kind) {
    case wire::RoomKind::Group:
      return "group";
    case wire::RoomKind::Direct:
      return "direct";
  }
  return "?";
}

std::string iso(WallTime time) {
  const std::int64_t ms = to_ms(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(ms / 1000)), ms % 1000);
}

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = '?';
  }
  return out;
}

}  // namespace starling::ctl
