#include "server/ctl/room_store.h"

#include <fmt/format.h>

#include "server/ctl/room_log.h"
#include "server/store/postgres/inspect.h"
#include "server/store/sqlite/inspect.h"
#include "server/store/sqlite/room_list.h"

namespace starling::ctl {

Result<void, std::string> RoomStore::each(const std::function<void(const store::RoomSummary&)>& take) const {
  return conninfo() ? postgres::each_room(*conninfo(), take) : store::each_room(config_.database_path(), take);
}

Result<store::RoomView, std::string> RoomStore::room(RoomId room) const {
  auto shown = conninfo() ? postgres::room_show(*conninfo(), room) : store::room_show(config_.database_path(), room);
  if (shown && !shown->exists) {
    return tl::unexpected(fmt::format("there is no room {}: starlingctl room list shows which there are", room.value));
  }
  return shown;
}

Result<std::vector<store::MemberView>, std::string> RoomStore::members(RoomId room) const {
  return conninfo() ? postgres::members_of(*conninfo(), room) : store::members_of(config_.database_path(), room);
}

Result<store::LogCheck, std::string> RoomStore::check(RoomId room) const {
  return conninfo() ? postgres::check_log(*conninfo(), room) : check_log(config_.database_path(), room);
}

Result<std::vector<wire::Event>, std::string> RoomStore::last_events(RoomId room, std::uint32_t count) const {
  return conninfo() ? postgres::last_events(*conninfo(), room, count)
                    : ctl::last_events(config_.database_path(), room, count);
}

}  // namespace starling::ctl
