#include "server/ctl/room_store.h"

#include <fmt/format.h>

#include "server/ctl/room_log.h"
#include "server/store/postgres/inspect.h"
#include "server/store/sqlite/inspect.h"
#include "server/store/sqlite/room_list.h"

namespace starling::ctl {

Result<void, std::string> RoomStore::each(const std::function<void(const store::RoomSummary&)>& take) const {
  if (!is_shared()) return store::each_room(config_.database_path(), take);
  for (const postgres::Database& database : databases_.with_logs()) {
    if (auto shown = postgres::each_room(database, take); !shown) return shown;
  }
  return {};
}

Result<store::RoomView, std::string> RoomStore::room(RoomId room) const {
  auto shown =
      is_shared() ? postgres::room_show(databases_.of(room), room) : store::room_show(config_.database_path(), room);
  if (shown && !shown->exists) {
    return tl::unexpected(fmt::format("there is no room {}: starlingctl room list shows which there are", room.value));
  }
  return shown;
}

Result<std::vector<store::MemberView>, std::string> RoomStore::members(RoomId room) const {
  return is_shared() ? postgres::members_of(databases_.people, room) : store::members_of(config_.database_path(), room);
}

Result<store::LogCheck, std::string> RoomStore::check(RoomId room) const {
  return is_shared() ? postgres::check_log(databases_.of(room), room) : check_log(config_.database_path(), room);
}

Result<std::vector<wire::Event>, std::string> RoomStore::last_events(RoomId room, std::uint32_t count) const {
  return is_shared() ? postgres::last_events(databases_.of(room), room, count)
                     : ctl::last_events(config_.database_path(), room, count);
}

}  // namespace starling::ctl
