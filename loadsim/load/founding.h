// Rooms that one user makes before the load begins: created with as many members as a request names, the rest added by
// events in the room's log.
#pragma once

#include <cstdint>
#include <vector>

#include "common/client/session.h"
#include "loadsim/load/user_world.h"

namespace starling::load {

class Founding {
 public:
  explicit Founding(const std::vector<std::uint32_t>& rooms);

  /// Asks for what can be asked for now.
  void pump(client::Session& session, const UserWorld& world, Instant now, client::Output& out);
  void on_made(const wire::RoomCreated& answer);

  std::uint32_t made(const client::Session& session) const;
  bool finished(const client::Session& session) const { return made(session) == rooms_.size(); }
  std::uint32_t refused() const { return refused_; }

 private:
  struct Room {
    std::uint32_t index = 0;       // in the plan
    std::uint64_t request_id = 0;  // 0: not asked for
    RoomId room;                   // none: not made yet
    std::uint32_t named = 0;       // members named so far, in the plan's order
    bool complete = false;         // all are named
  };

  void create(Room& room, client::Session& session, const UserWorld& world, Instant now, client::Output& out);
  void add_members(Room& room, client::Session& session, const UserWorld& world, Instant now, client::Output& out);

  std::vector<Room> rooms_;
  std::uint32_t refused_ = 0;
};

}  // namespace starling::load
