// What a virtual user remembers of its rooms in order to act in them, 32 bytes a room: what a person sees on the screen.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "common/base/ids.h"
#include "common/wire/event.h"

namespace starling::people {

struct RoomView {
  RoomId room;
  std::uint32_t live_from = 0;  // events above are live, those up to here were caught up with
  std::uint32_t newest = 0;     // message: to reply or react to
  std::uint32_t own = 0;        // newest own message: to edit or delete
  std::uint32_t reacted = 0;    // message that holds the user's last reaction
  std::uint32_t msg_no = 0;
  std::uint32_t marked = 0;  // as read
};
static_assert(sizeof(RoomView) == 32);

class RoomViews {
 public:
  RoomView& of(RoomId room) {
    const auto at = std::lower_bound(views_.begin(), views_.end(), room,
                                     [](const RoomView& each, RoomId wanted) { return each.room < wanted; });
    if (at != views_.end() && at->room == room) return *at;
    return *views_.insert(at, RoomView{.room = room});
  }
  std::vector<RoomView>& all() { return views_; }
  const std::vector<RoomView>& all() const { return views_; }

  void synced(RoomId room, Seq head) {
    of(room).live_from = std::max(of(room).live_from, static_cast<std::uint32_t>(head.value));
  }
  /// The log went elsewhere: what was seen of it may not be there.
  void began_anew(RoomId room) { of(room) = RoomView{.room = room}; }
  /// Returns whether it was a live one.
  bool applied(const wire::Event& event, DeviceId self) {
    RoomView& view = of(event.room);
    const auto seq = static_cast<std::uint32_t>(event.seq.value);
    view.msg_no = static_cast<std::uint32_t>(event.msg_no);
    if (event.kind == wire::EventKind::Message) {
      view.newest = seq;
      if (event.device == self) view.own = seq;
    } else if (event.kind == wire::EventKind::Delete) {
      if (view.newest == event.target.value) view.newest = 0;
      if (view.own == event.target.value) view.own = 0;
    }
    return seq > view.live_from;
  }

 private:
  std::vector<RoomView> views_;  // by room
};

}  // namespace starling::people
