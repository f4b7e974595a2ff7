#include "server/core/presence_rooms.h"

namespace starling::core {

void PresenceRooms::on(ShardId from, const ports::AskVisible& ask) {
  for (const ports::VisibleAsk& each : ask.asks) {
    ++turn_.counters.presence_envelopes;
    links_.post(from, answer(from, each));
  }
}

ports::VisibleUsers PresenceRooms::answer(ShardId from, const ports::VisibleAsk& ask) {
  ports::VisibleUsers visible{.room = ask.room, .conn = ask.conn, .number = ask.number};
  const RoomHome* home = homes_.peek(ask.room);
  if (home == nullptr) {
    visible.status = ports::AskStatus::Unavailable;
  } else if (home->members.role(ask.watcher) != wire::Role::None) {
    visible.member = true;
    if (ask.receipts) visible.receipts = receipts_.subscribe(*home, from);
    for (const UserId user : ask.users) {
      if (home->members.role(user) != wire::Role::None) visible.users.push_back(user);
    }
  }
  return visible;
}

}  // namespace starling::core
