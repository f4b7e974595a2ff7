#include "server/store/sqlite/room_entry.h"

#include "server/ports/entry.h"

namespace starling::store {

RoomEntry::RoomEntry(Connection& connection)
    : links_(connection), commits_(connection), epoch_(connection, "SELECT epoch FROM rooms WHERE room_id = ?") {}

RoomEntry::Entered RoomEntry::enter(const ports::Digest& code, UserId user, WallTime now) {
  const ports::LinkUsed used = links_.use({.caller = user, .code = code, .now = now});
  if (used.use != ports::LinkUse::Invited) return {};
  ports::CommitBatch batch{.room = used.room, .epoch = {}, .now = now, .rows = {}};
  {
    Rows rows = epoch_.query(used.room);
    if (!rows.next()) return {};
    batch.epoch = rows.as<Epoch>(0);
  }
  batch.rows.push_back(ports::entry_of(user));
  const ports::Committed done = commits_.run(batch);
  if (done.results.at(0).status != wire::SendStatus::Accepted) return {};
  return {.room = used.room, .head = done.head};
}

}  // namespace starling::store
