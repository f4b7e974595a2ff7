#include "server/core/room_lists.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace starling::core {
namespace {
/// A part: rooms with titles of 256 bytes still fit a message.
constexpr std::size_t kRoomsPerPart = 150;
}  // namespace

void RoomLists::begin(std::uint32_t index, wire::RoomList&& list) {
  auto& lists = extras(sessions_.at(index)).lists;
  if (lists.size() > 1) lists.pop_back();
  lists.push_back(std::move(list));
  go_on(index);
}

void RoomLists::change(Session& session, const wire::RoomInfo& info) {
  if (session.extras == nullptr) return;
  std::size_t begin = session.extras->listed;
  for (wire::RoomList& list : session.extras->lists) {
    const auto first = list.rooms.begin() + static_cast<std::ptrdiff_t>(std::exchange(begin, 0));
    const auto at = std::ranges::find(first, list.rooms.end(), info.room, &wire::RoomInfo::room);
    if (info.role == wire::Role::None) {
      if (at != list.rooms.end()) list.rooms.erase(at);
    } else if (at != list.rooms.end()) {
      *at = info;
    } else {
      list.rooms.push_back(info);
    }
  }
}

void RoomLists::go_on(std::uint32_t index) {
  Session& session = sessions_.at(index);
  if (session.extras == nullptr) return;
  auto& lists = session.extras->lists;
  std::size_t& listed = session.extras->listed;
  while (!lists.empty()) {
    if (!sessions_.has_room(index)) return sessions_.lag(index);
    wire::RoomList& list = lists.front();
    const std::size_t end = std::min(list.rooms.size(), listed + kRoomsPerPart);
    const auto at = [&](std::size_t i) {
      return std::move_iterator(list.rooms.begin() + static_cast<std::ptrdiff_t>(i));
    };
    sessions_.send(index, wire::RoomList{.rooms_version = list.rooms_version,
                                         .more = end < list.rooms.size(),
                                         .rooms = {at(listed), at(end)}});
    listed = end;
    if (end < list.rooms.size()) continue;
    lists.erase(lists.begin());
    listed = 0;
  }
  shrink(session);
}

}  // namespace starling::core
