#include "server/core/room_lists.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

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
    const std::uint64_t version = list.rooms_version;
    // To a device that has a list already, this one says nothing of a room that was left and joined again. A change does: the
    // device asks anew. Within a list a change does not stand for its version.
    std::vector<wire::RoomChanged> again;
    for (std::size_t i = listed; i < end; ++i) {
      if (std::erase(session.extras->lapsed, list.rooms[i].room) == 0) continue;
      again.push_back({.rooms_version = version, .info = list.rooms[i]});
    }
    const bool more = end < list.rooms.size();
    const auto at = [&](std::size_t i) {
      return std::move_iterator(list.rooms.begin() + static_cast<std::ptrdiff_t>(i));
    };
    sessions_.send(
        index,
        wire::RoomList{.rooms_version = version, .more = more || !again.empty(), .rooms = {at(listed), at(end)}});
    for (const wire::RoomChanged& each : again) sessions_.send(index, each);
    if (!more && !again.empty())
      sessions_.send(index, wire::RoomList{.rooms_version = version, .more = false, .rooms = {}});
    listed = end;
    if (more) continue;
    session.extras->lapsed.clear();  // of the others it has said so
    lists.erase(lists.begin());
    listed = 0;
  }
  shrink(session);
}

}  // namespace starling::core
