#include "server/core/presence_rooms.h"

namespace starling::core {

void PresenceRooms::on(ShardId from, const ports::AskVisible& ask) {
  for (const ports::VisibleAsk& each : ask.asks) {
    ++turn_.counters.presence_envelopes;
    links_.post(from, answer(each));
  }
}

ports::VisibleUsers PresenceRooms::answer(const ports::VisibleAsk& ask) const {
  ports::VisibleUsers visible{.room = ask.room, .conn = ask.conn, .number = ask.number};
  const RoomHome* home = homes_.peek(ask.room);
  if (home == nullptr) {
    visible.status = ports::AskStatus::Unavailable;
  } else if (home->members.role(ask.watcher) != wire::Role::None) {
    for (const UserId user : ask.users) {
      if (home->members.role(user) != wire::Role::None) visible.users.push_back(user);
    }
  }
  return visible;
}

}  // namespace starling::core
