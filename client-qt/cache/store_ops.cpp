// What the engine asks to be stored.
#include <algorithm>

#include "client-qt/cache/place.h"
#include "client-qt/cache/store.h"

namespace starling::qt {

using sqlite::Rows;
using sqlite::Statement;

void Store::put_event(const wire::Event& event) {
  hot_->put_event.run(event.room, event.seq, event.epoch, event.kind, event.sender, event.device, event.cseq,
                      event.client_msg_id, event.ts, event.msg_no, event.target, event.subject, event.role,
                      event.erased_hash, thread_root(event), event.body);
  if (event.kind == wire::EventKind::Delete) {
    // What was deleted is not kept here either, nor what it read before.
    prepare("UPDATE event SET body = '', erased_hash = 1 WHERE room = ?1 AND seq = ?2 AND kind = 1")
        .run(event.room, event.target);
    prepare(
        "UPDATE event INDEXED BY event_target SET body = '' WHERE room = ?1 AND target = ?2 AND target <> 0 AND kind = "
        "2")
        .run(event.room, event.target);
  }
  if (event.kind == wire::EventKind::Message && mentions(event, user_)) hot_->put_mention.run(event.room, event.seq);
}

void Store::put_state(const client::RoomState& state) {
  hot_->put_state.run(state.room, state.cursor.epoch, state.cursor.seq, state.cursor.hash, state.floor, state.last_cseq,
                      state.mode, state.member);
}

void Store::put_outbox(const wire::Send& send, WallTime queued, bool orphan) {
  prepare(
      "INSERT INTO outbox(client_msg_id, room, cseq, kind, target, subject, role, renumbered, thread, body, queued_ms, "
      "after_seq, orphan) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,"
      "coalesce((SELECT seq FROM room WHERE room = ?2), 0),?12) "
      "ON CONFLICT(client_msg_id) DO UPDATE SET cseq = excluded.cseq, renumbered = excluded.renumbered")
      .run(send.client_msg_id, send.room, send.cseq, send.kind, send.target, send.subject, send.role, send.renumbered,
           thread_root(send), send.body, queued, orphan);
}

void Store::run(const StoreEvent& op) {
  put_event(op.event);
  put_state(op.state);
  hot_->grow_run.run(op.event.seq, op.event.room);
  prepare("UPDATE room SET head = max(head, ?2), head_msg_no = max(head_msg_no, ?3) WHERE room = ?1")
      .run(op.event.room, op.event.seq, op.event.msg_no);
}

void Store::run(const StoreRoom& op) { put_state(op.state); }

void Store::run(const StoreOutboxPut& op) {
  put_outbox(op.send, op.queued, false);
  prepare("UPDATE room SET last_cseq = ?2 WHERE room = ?1").run(op.send.room, op.last_cseq);
}

void Store::run(const StoreOutboxRemove& op) {
  prepare("DELETE FROM outbox WHERE client_msg_id = ?").run(op.client_msg_id);
  put_state(op.state);
}

void Store::run(const StoreRoomsVersion& op) {
  run(StoreAccount{.key = "rooms_version", .value = std::to_string(op.rooms_version)});
}

void Store::run(const StoreRoomInfo& op) {
  prepare(
      "INSERT INTO room(room, kind, role, title) VALUES (?,?,?,?) ON CONFLICT(room) DO UPDATE SET kind = "
      "excluded.kind, "
      "role = excluded.role, title = excluded.title")
      .run(op.info.room, op.info.kind, op.info.role, op.info.title);
}

void Store::run(const StoreMarks& op) {
  prepare(
      "UPDATE room SET head = max(head, ?2), head_msg_no = max(head_msg_no, ?3), min_seq = max(min_seq, ?4), "
      "read_seq = max(read_seq, ?5), read_msg_no = max(read_msg_no, ?6) WHERE room = ?1")
      .run(op.room, op.head, op.head_msg_no, op.min_seq, op.read_seq, op.read_msg_no);
  if (op.read_seq) prepare("DELETE FROM mention WHERE room = ? AND seq <= ?").run(op.room, op.read_seq);
}

void Store::run(const StoreJump& op) {
  if (op.other_history) {
    prepare("DELETE FROM event WHERE room = ?").run(op.room);
    prepare("DELETE FROM mention WHERE room = ?").run(op.room);
    prepare("UPDATE room SET head = ?2, head_msg_no = 0, read_seq = min(read_seq, ?2), min_seq = 0 WHERE room = ?1")
        .run(op.room, op.start);
  }
  prepare("UPDATE room SET contiguous_from = 0 WHERE room = ?1 AND (?3 OR seq <> ?2 OR contiguous_from > seq + 1)")
      .run(op.room, op.start, op.other_history);
}

void Store::run(const StorePage& op) {
  for (const wire::Event& event : op.related) put_event(event);
  for (const wire::Event& event : op.events) put_event(event);
  if (op.events.empty()) return;
  Statement cursor = prepare("SELECT seq, contiguous_from FROM room WHERE room = ?");
  Rows rows = cursor.query(op.room);
  if (!rows.next()) return;
  const Seq seq = rows.as<Seq>(0);
  const Seq from = rows.as<Seq>(1);
  // Without a run of pushed events, one that ends at the cursor is it.
  const Seq end = from ? from.prev() : seq;
  if (op.events.front().seq > end || op.events.back().seq < end) return;
  set_contiguous_from(op.room, op.events.front().seq);
}

void Store::run(const DropOrphan& op) {
  prepare("DELETE FROM outbox WHERE client_msg_id = ? AND orphan").run(op.client_msg_id);
}

void Store::run(const StoreOrphan& op) { put_outbox(op.send, op.queued, true); }

void Store::run(const ForsakeDevice&) {
  connection_.exec(
      "UPDATE outbox SET orphan = 1; UPDATE room SET last_cseq = 0; DELETE FROM account WHERE key = 'device'");
}

void Store::run(const StoreRefused& op) {
  prepare(
      "INSERT OR REPLACE INTO refused(client_msg_id, room, status, kind, target, thread, body, queued_ms) VALUES "
      "(?1,?2,?3,?4,?5,?6,?7, coalesce((SELECT queued_ms FROM outbox WHERE client_msg_id = ?1), 0))")
      .run(op.send.client_msg_id, op.send.room, op.status, op.send.kind, op.send.target, thread_root(op.send),
           op.send.body);
}

void Store::run(const DismissRefused& op) {
  prepare("DELETE FROM refused WHERE client_msg_id = ?").run(op.client_msg_id);
}

}  // namespace starling::qt
