// The list of a user's rooms, to sessions that hold another one: part by part, as the outbox takes it. However long it
// is, it closes nobody.
#pragma once

#include <cstdint>

#include "server/core/session_table.h"

namespace starling::core {

class RoomLists {
 public:
  explicit RoomLists(SessionTable& sessions) : sessions_(sessions) {}

  /// `list` has all rooms. It follows what is being sent; of those that wait the newest is enough.
  void begin(std::uint32_t session, wire::RoomList&& list);
  /// A change that is told now. No part that comes after it may say otherwise.
  void change(Session& session, const wire::RoomInfo& info);
  /// Its outbox has come down.
  void go_on(std::uint32_t session);

 private:
  SessionTable& sessions_;
};

}  // namespace starling::core
