// Which rooms there are.
#include <algorithm>

#include "common/client/session.h"

namespace starling::client {

void Session::handle(const wire::RoomList& frame, Instant now, Output& out) {
  if (!listing_) {
    listing_ = true;
    for (RoomCursor& cursor : rooms_.cursors()) cursor.listed = 0;
  }
  if (rooms_.size() == 0) rooms_.reserve(std::min(static_cast<std::uint32_t>(frame.rooms.size()), limits::kRoomsMax));
  for (const wire::RoomInfo& info : frame.rooms) {
    const std::uint32_t i = member_joined(info.room, out);
    if (i != RoomTable::kNone) rooms_.cursor(i).listed = 1;
  }
  out.notices.emplace_back(RoomsListed{.list = &frame});
  if (!frame.more) {
    listing_ = false;
    for (std::uint32_t i = 0; i < rooms_.size(); ++i) {
      if (rooms_.cursor(i).listed == 0) member_left(i, now, out);
      rooms_.cursor(i).listed = 0;
    }
    rooms_version_ = frame.rooms_version;
    persist(PersistRoomsVersion{rooms_version_}, out);
  }
  send_syncs(now, out);
}

void Session::handle(const wire::RoomChanged& frame, Instant now, Output& out) {
  if (frame.info.role != wire::Role::None) {
    const std::uint32_t i = member_joined(frame.info.room, out);
    // The user may have been removed and added again meanwhile, which ends the server's subscription; and a Sync under
    // way may be answered by what was true before this change.
    if (i != RoomTable::kNone && rooms_.cursor(i).mode() != wire::SyncMode::Off) want_sync(i);
    // In the middle of a list that may be older than this change: it counts as listed.
    if (i != RoomTable::kNone && listing_) rooms_.cursor(i).listed = 1;
  } else if (const std::uint32_t i = rooms_.find(frame.info.room); i != RoomTable::kNone) {
    member_left(i, now, out);
  }
  out.notices.emplace_back(RoomChanged{.change = &frame});
  if (!listing_) {
    rooms_version_ = frame.rooms_version;
    persist(PersistRoomsVersion{rooms_version_}, out);
  }
  send_syncs(now, out);
}

/// Returns the room's index; kNone when there are too many rooms to hold another.
std::uint32_t Session::member_joined(RoomId room, Output& out) {
  std::uint32_t i = rooms_.find(room);
  if (i != RoomTable::kNone && rooms_.cursor(i).member != 0) {
    const SyncState at = rooms_.cursor(i).sync();
    const bool unasked = at == SyncState::Idle || at == SyncState::Denied;
    if (unasked && rooms_.cursor(i).mode() != wire::SyncMode::Off) want_sync(i);
    return i;
  }
  if (i == RoomTable::kNone) {
    if (rooms_.size() >= limits::kRoomsMax) return i;
    i = rooms_.find_or_add(room);
    rooms_.cursor(i).set_mode(settings_->first_mode);
  }
  rooms_.cursor(i).member = 1;
  rooms_.cursor(i).set_sync(SyncState::Idle);
  persist(PersistRoom{rooms_.state(i)}, out);
  if (rooms_.cursor(i).mode() != wire::SyncMode::Off) want_sync(i);
  return i;
}

void Session::member_left(std::uint32_t i, Instant now, Output& out) {
  RoomCursor& cursor = rooms_.cursor(i);
  if (cursor.member == 0) return;
  cursor.member = 0;
  cursor.behind = 0;
  cursor.set_sync(SyncState::Idle);
  persist(PersistRoom{rooms_.state(i)}, out);
  watches_.forget(cursor.room);
  out.notices.emplace_back(RoomLeft{.room = cursor.room});
  send_outbox(cursor.room, now, out);
}

}  // namespace starling::client
