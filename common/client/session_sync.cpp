// How a room is subscribed and resumed.
#include <algorithm>
#include <chrono>
#include <utility>

#include "common/base/probe.h"
#include "common/client/session.h"
#include "common/wire/close_code.h"
#include "common/wire/limits.h"

namespace starling::client {

void Session::want_sync(std::uint32_t i) {
  RoomCursor& cursor = rooms_.cursor(i);
  if (!link_.ready() || cursor.member == 0) return;
  cursor.behind = 1;
  if (cursor.sync() == SyncState::Asked || cursor.sync() == SyncState::PutOff) return;
  cursor.set_sync(SyncState::Wanted);
  syncs_.want();
}

void Session::want_again(SyncState was) {
  for (std::uint32_t i = 0; i < rooms_.size(); ++i) {
    if (rooms_.cursor(i).sync() != was) continue;
    rooms_.cursor(i).set_sync(SyncState::Idle);
    want_sync(i);
  }
}

void Session::send_syncs(Instant now, Output& out) {
  if (!link_.ready() || !syncs_.due(now)) return;
  begin_waiting(now);
  wire::Sync frame;
  for (std::uint32_t i = 0; i < rooms_.size(); ++i) {
    RoomCursor& cursor = rooms_.cursor(i);
    if (cursor.sync() != SyncState::Wanted) continue;
    cursor.set_sync(SyncState::Asked);
    cursor.behind = 0;
    if (frame.rooms.size() == wire::limits::kSyncRoomsMax) out.frames.emplace_back(std::exchange(frame, {}));
    frame.rooms.push_back(
        {.room = cursor.room, .cursor = cursor.cursor(), .floor = rooms_.floor(i), .mode = cursor.mode()});
  }
  if (!frame.rooms.empty()) out.frames.emplace_back(std::move(frame));
  syncs_.sent(now);
}

void Session::handle(const wire::Synced& frame, Instant now, Output& out) {
  for (const wire::SyncedRoom& answer : frame.rooms) {
    const std::uint32_t i = rooms_.find(answer.room);
    if (i == RoomTable::kNone || rooms_.cursor(i).member == 0) continue;
    if (!synced_room(i, answer, now, out)) return;
  }
  send_syncs(now, out);
}

/// False when the connection was given up.
bool Session::synced_room(std::uint32_t i, const wire::SyncedRoom& answer, Instant now, Output& out) {
  RoomCursor& cursor = rooms_.cursor(i);
  // A repeated Sync is answered twice, and not always alike: what was wished for since is open until the next one has it.
  const bool again = cursor.behind != 0;
  switch (answer.status) {
    case wire::SyncStatus::NotMember:
      if (again) {
        cursor.set_sync(SyncState::Idle);
        want_sync(i);
      } else {
        // Which rooms there are, the list says. This may be of before what it has said already, or of between two changes
        // of which it will never tell: who was removed and added again is on it as before.
        put_off_sync(i, SyncState::Denied, limits::kDeniedRetry, now);
        send_outbox(answer.room, now, out);
      }
      return true;
    case wire::SyncStatus::Unavailable:
      put_off_sync(i, SyncState::PutOff, std::chrono::milliseconds(answer.retry_after_ms), now);
      return true;
    case wire::SyncStatus::Reset:
      if (!reset_room(i, answer, answer.reason, answer.start, now, out)) return false;
      break;
    case wire::SyncStatus::Live:
      if (answer.start.epoch.value != cursor.epoch || answer.start.seq.value > cursor.seq) {
        // To an earlier question than the Reset that has come meanwhile: the server goes on from where this device is not.
        cursor.set_sync(SyncState::Idle);
        want_sync(i);
        return true;
      }
      break;
    case wire::SyncStatus::Heads:
    case wire::SyncStatus::Off:
      if (!follow_epoch(i, answer, now, out)) return false;
      break;
  }
  if (answer.epoch.value == cursor.epoch) rooms_.raise_floor(i, answer.head);
  requests_.confirm_mark(answer.room, answer.read_seq);
  cursor.set_sync(SyncState::Settled);
  out.notices.emplace_back(RoomSynced{.answer = &answer});
  if (again) {
    want_sync(i);
  } else {
    send_outbox(answer.room, now, out);
  }
  return true;
}

void Session::put_off_sync(std::uint32_t i, SyncState as, Duration delay, Instant now) {
  delay = std::clamp(delay, limits::kRetryAfterMin, limits::kRetryAfterMax);
  delay += Duration(static_cast<Duration::rep>(rng_.below(static_cast<std::uint64_t>(delay.count() / 2))));
  rooms_.cursor(i).set_sync(as);
  syncs_.defer(as, now + delay);
}

/// Heads or nothing were subscribed, so no Reset tells of another epoch; the answer does.
bool Session::follow_epoch(std::uint32_t i, const wire::SyncedRoom& answer, Instant now, Output& out) {
  const RoomCursor& cursor = rooms_.cursor(i);
  if (!answer.epoch || answer.epoch.value == cursor.epoch) return true;
  const wire::Cursor begin{.epoch = answer.epoch, .seq = Seq(), .hash = PrefixHash()};
  const bool held_nothing = cursor.epoch == 0;
  return reset_room(i, answer, held_nothing ? wire::ResetReason::NewDevice : wire::ResetReason::Epoch, begin, now, out);
}

bool Session::reset_room(std::uint32_t i, const wire::SyncedRoom& answer, wire::ResetReason reason,
                         const wire::Cursor& start, Instant now, Output& out) {
  const bool other_epoch = start.epoch.value != rooms_.cursor(i).epoch;
  const bool diverged = reason == wire::ResetReason::Diverged;
  if (!rooms_.jump(i, start)) {
    drop_connection(wire::close_code::kProtocolError, now, out);
    return false;
  }
  // Its head was another history's, though the epoch has the same number: to ask with it would only diverge again.
  if (diverged) rooms_.drop_floor(i);
  probe(Probe::resume_epoch_reset, reason == wire::ResetReason::Epoch);
  deliveries_.forget(rooms_, i);
  out.notices.emplace_back(RoomReset{.answer = &answer, .reason = reason, .start = start});
  // Either the log forgot (a loss by policy), or this device forgot: then the log's counter is beyond all it minted. A
  // second Reset into the same epoch may name a counter from before what has been sent since.
  const bool log_forgot = diverged || (reason == wire::ResetReason::Epoch && other_epoch);
  const bool log_is_ahead = answer.next_cseq.value > rooms_.counters(i).last_cseq.value + std::uint64_t{1};
  // What waits on a storage that was put back, or on a copy of it, may be in the log already, for long, and under its own
  // number only.
  const bool device_forgot = log_is_ahead && outbox_.entries(answer.room).empty();
  if (answer.next_cseq && (log_forgot || device_forgot)) {
    // What is on its way into that epoch already takes numbers that the answer does not know of.
    const bool overtaken = outbox_.attempted_in(answer.room, start.epoch);
    if (!renumber(i, overtaken ? kBeyondAnyLog : answer.next_cseq, now, out)) return false;
  }
  persist(PersistRoom{rooms_.state(i)}, out);
  return true;
}

}  // namespace starling::client
