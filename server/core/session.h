// What a shard keeps of one connection.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/timer_wheel.h"
#include "common/wire/frames.h"
#include "server/core/budget.h"
#include "server/core/meter.h"
#include "server/core/session_watches.h"
#include "server/ports/envelope.h"

namespace starling::core {

/// Where a session stands in a room of its shard.
enum class Stage : std::uint8_t {
  Asking,   // the home has not said yet whether the user is a member
  Quiet,    // a member that gets no events: heads, or nothing
  Syncing,  // a member whose cursor is being looked at
  Live,     // gets every event as it comes; its next one is the room's
  CatchUp,  // gets what it lacks from the log; its next one is in the room's side table
};

/// A session in a room.
struct Membership {
  std::uint32_t local = 0;  // the room's slot
  Stage stage = Stage::Asking;
  wire::SyncMode mode = wire::SyncMode::Off;
};
static_assert(sizeof(Membership) == 8, "with the 4 bytes in the room's list: 12 a membership");

/// What few sessions have.
struct SessionExtras {
  // Until the user's home has answered:
  std::string ticket;
  WallTime ticket_expires;
  ports::RequestId attach = 0;
  // Read markers that are not at the beginning, by room ascending.
  std::vector<wire::ReadMark> marks;
  // Rooms that the user was removed from while the device followed their heads only, and saw nothing of it: until the
  // device is told of the room, or asks about it.
  std::vector<RoomId> lapsed;
  // Lists of rooms: the first is being sent, up to `listed`; one may wait.
  std::vector<wire::RoomList> lists;
  std::size_t listed = 0;
  // Read markers that the meter has held back, the highest of each room.
  std::vector<wire::ReadMark> late_marks;
  // Items that the device lacks: until the user's home has answered, the version that it holds.
  std::uint64_t items_after = 0;
  bool items_wanted = false;
  bool items_reading = false;
  std::unique_ptr<SessionWatches> watches;

  bool empty() const {
    return attach == 0 && marks.empty() && lapsed.empty() && lists.empty() && late_marks.empty() && !items_wanted &&
           !items_reading && watches == nullptr;
  }
};

struct Session {
  UserId user;
  DeviceId device;
  Instant connected_at{};
  Budget sends;
  std::vector<Membership> rooms;
  std::unique_ptr<SessionExtras> extras;
  TimerNode timer;              // while it makes no progress
  std::uint16_t catch_ups = 0;  // of its rooms
  std::uint8_t histories = 0;   // pages that were asked for
  bool open : 1 = false;
  bool welcomed : 1 = false;
  bool closing : 1 = false;
  bool lagging : 1 = false;        // its outbox was above the soft limit and has not come down yet
  bool out_of_credit : 1 = false;  // a room waits for its Delivered
  bool left : 1 = false;           // made no progress for so long that nobody waits for it to come back
  std::uint32_t notices = 0;       // the last change of the list of rooms that was told
  Meter asks;
};
static_assert(sizeof(Session) <= 96);

inline SessionExtras& extras(Session& session) {
  if (session.extras == nullptr) session.extras = std::make_unique<SessionExtras>();
  return *session.extras;
}
inline void shrink(Session& session) {
  if (session.extras != nullptr && session.extras->empty()) session.extras.reset();
}

/// What a delivery touches of each recipient, packed: one line of cache holds eight.
struct Outflow {
  std::uint32_t generation = 0;
  std::uint32_t queued = 0;  // bytes in the connection's outbox
};
static_assert(sizeof(Outflow) == 8);

}  // namespace starling::core
