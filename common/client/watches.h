// What the application shows of other people, and whether its own person is there: said again on every connection.
// Takes no memory until there is something to say.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "common/wire/frames.h"

namespace starling::client {

class Watches {
 public:
  /// Users watched in all rooms once `watch` has taken the place of what is shown of its room.
  std::size_t users_with(const wire::Watch& watch) const;
  /// False when nothing is other than before.
  bool set(wire::Watch watch);
  bool set_away(bool away);
  /// The room is shown no more.
  void forget(RoomId room);
  /// For a new connection: the server knows nothing.
  void repeat(std::vector<wire::ClientFrame>& frames) const;

 private:
  struct Said {
    std::vector<wire::Watch> watches;
    bool away = false;
  };

  void drop_if_empty();

  std::unique_ptr<Said> said_;
};

}  // namespace starling::client
