// What becomes of messages sent.
#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "common/client/session.h"
#include "common/wire/close_code.h"

namespace starling::client {

void Session::send_outboxes(Instant now, Output& out) {
  if (outbox_.empty()) return;
  for (const RoomId room : outbox_.rooms()) send_outbox(room, now, out);
}

/// Only once the room's Sync is answered: the answer may be a Reset that gives the messages other numbers. A room that
/// the user has left is not synced; its messages go all the same, to be refused by the log and so be settled.
void Session::send_outbox(RoomId room, Instant now, Output& out) {
  if (!link_.ready()) return;
  const std::uint32_t i = rooms_.find(room);
  const RoomCursor& cursor = rooms_.cursor(i);
  if (!cursor.shut_out() && cursor.sync() != SyncState::Settled) {
    if (cursor.sync() == SyncState::Idle) {
      want_sync(i);
      send_syncs(now, out);
    }
    return;
  }
  send_outbox_under(Epoch(static_cast<std::uint32_t>(cursor.epoch)), room, now, out);
}

void Session::send_outbox_under(Epoch epoch, RoomId room, Instant now, Output& out) {
  begin_waiting(now);
  const std::size_t repeats = outbox_.next_frames(room, epoch, persist_done_, now, out.frames);
  counters_.replayed += static_cast<std::uint32_t>(repeats);
  probe(Probe::client_outbox_replayed, repeats > 0);
}

/// Gives the room's waiting messages the numbers from `next` on. False when the connection was given up.
bool Session::renumber(std::uint32_t i, Cseq next, Instant now, Output& out) {
  const RoomId room = rooms_.cursor(i).room;
  const std::size_t count = outbox_.entries(room).size();
  if (count >= UINT32_MAX - next.value) {
    drop_connection(wire::close_code::kProtocolError, now, out);
    return false;
  }
  Cseq& last_cseq = rooms_.counters(i).last_cseq;
  last_cseq = Cseq(static_cast<std::uint32_t>(next.value + count - 1));
  const std::vector<Outbox::Change> changes = outbox_.renumber(room, next, now);
  std::uint64_t token = 0;
  for (std::size_t k = 0; k < changes.size(); ++k) {
    const wire::Send& send = outbox_.entries(room)[k].send;
    token = persist(PersistOutboxPut{send, last_cseq}, out);
    out.notices.emplace_back(
        Renumbered{.room = room, .client_msg_id = changes[k].client_msg_id, .from = changes[k].from, .to = send.cseq});
  }
  outbox_.set_put_token(room, token);
  return true;
}

void Session::handle(const wire::SendResult& answered, Instant now, Output& out) {
  wire::SendResult frame = answered;
  const std::uint32_t i = rooms_.find(frame.room);
  const bool member = i != RoomTable::kNone && !rooms_.cursor(i).shut_out();
  // A log that was put back may hold another message under the number, and who is no member was told of no other number.
  const bool other_history = frame.status == wire::SendStatus::Conflict && !member;
  if (other_history) frame.status = wire::SendStatus::Forbidden;
  const Instant held = outbox_.held_until(frame.room);
  const Outbox::Answer answer = outbox_.on_result(frame, now, rng_);
  if (const Instant until = outbox_.held_until(frame.room); until > held) {
    out.notices.emplace_back(Held{.room = frame.room, .until = until});
  }
  if (answer.verdict == Outbox::Verdict::Ignored) {
    ++counters_.results_ignored;
    send_outbox_if_any(frame.room, now, out);
    return;
  }
  if (other_history && i != RoomTable::kNone && !renumber(i, kBeyondAnyLog, now, out)) return;
  switch (answer.verdict) {
    case Outbox::Verdict::Ignored:
    case Outbox::Verdict::Retry:
      break;
    case Outbox::Verdict::Settled:
      settled(i, answer.settled.send, frame, out);
      break;
    case Outbox::Verdict::StaleEpoch:
      stale_epoch(i, frame.epoch, now, out);
      break;
    case Outbox::Verdict::Behind:
      if (!renumber(i, frame.expected, now, out)) return;
      break;
    case Outbox::Verdict::Conflict:
      // Sent by a user who was no member then and is one now: the log may be another one than the numbers are of, and the
      // answer to the Sync says so. Of a clone it comes again.
      if (rooms_.cursor(i).sync() != SyncState::Settled) break;
      stop_for_good(FatalReason::DeviceConflict, out);
      return;
  }
  send_outbox_if_any(frame.room, now, out);
}

void Session::settled(std::uint32_t i, const wire::Send& send, const wire::SendResult& result, Output& out) {
  const bool committed = result.status == wire::SendStatus::Accepted || result.status == wire::SendStatus::Duplicate;
  if (committed && result.epoch.value >= rooms_.cursor(i).epoch) {
    // The floor, never the cursor: events below may still be on their way. In a room that was left the epoch may be a later
    // one: should the log be copied back to the earlier one, the device says that it was longer.
    rooms_.raise_floor(i, result.seq);
    if (mutant(Mutant::M10_AckMovesCursor) && result.seq.value > rooms_.cursor(i).seq) {
      rooms_.jump(i, {.epoch = result.epoch, .seq = result.seq, .hash = rooms_.cursor(i).hash});
    }
  }
  const std::uint64_t removal =
      persist(PersistOutboxRemove{.client_msg_id = send.client_msg_id, .state = rooms_.state(i)}, out);
  outbox_.settled(send.room, send.cseq, removal, persist_done_);
  out.notices.emplace_back(Settled{.room = result.room,
                                   .cseq = send.cseq,
                                   .client_msg_id = send.client_msg_id,
                                   .status = result.status,
                                   .epoch = result.epoch,
                                   .seq = result.seq,
                                   .ts = result.ts});
}

void Session::stale_epoch(std::uint32_t i, Epoch epoch, Instant now, Output& out) {
  const RoomCursor& cursor = rooms_.cursor(i);
  if (cursor.shut_out()) {
    // A Sync would only be told NotMember. What the device holds stays what it is, of the epoch that it is of: should the user
    // come back, that brings the Reset, which gives what waits the log's numbers, or the dispute of a log that was copied back.
    send_outbox_under(epoch, cursor.room, now, out);
    return;
  }
  want_sync(i);
  send_syncs(now, out);
}

void Session::send_outbox_if_any(RoomId room, Instant now, Output& out) {
  if (!outbox_.entries(room).empty()) send_outbox(room, now, out);
}

}  // namespace starling::client
