// Who may see whom: members of a room see each other where they show the room. The room's home knows the members, so no
// question goes to the store; whoever is not a member simply stays unknown.
#pragma once

#include "server/core/links.h"
#include "server/core/receipts.h"
#include "server/core/room_homes.h"

namespace starling::core {

class PresenceRooms {
 public:
  PresenceRooms(Turn& turn, Links& links, const RoomHomes& homes, Receipts& receipts)
      : turn_(turn), links_(links), homes_(homes), receipts_(receipts) {}

  void on(ShardId from, const ports::AskVisible& ask);

 private:
  ports::VisibleUsers answer(ShardId from, const ports::VisibleAsk& ask);

  Turn& turn_;
  Links& links_;
  const RoomHomes& homes_;
  Receipts& receipts_;
};

}  // namespace starling::core
