#include "server/store/sqlite/room_commit.h"

#include <algorithm>

#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "common/wire/mentions.h"
#include "server/ports/authorize.h"
#include "server/ports/event_time.h"
#include "server/store/sqlite/errors.h"

namespace starling::store {
namespace {

ports::CommitRowResult duplicate_of(const EventRows::Original& original) {
  probe(Probe::dup_returned_original);
  return {.status = wire::SendStatus::Duplicate, .seq = original.seq, .msg_no = original.msg_no, .ts = original.ts};
}

}  // namespace

RoomCommit::RoomCommit(Connection& connection)
    : connection_(&connection),
      savepoints_(connection),
      events_(connection),
      members_(connection),
      items_(connection),
      load_(
          connection,
          "SELECT kind, epoch, head, msg_no, min_seq, last_ts, is_public, history_joined FROM rooms WHERE room_id = ?"),
      move_head_(connection, "UPDATE rooms SET head = ?, msg_no = ?, last_ts = ? WHERE room_id = ?"),
      // In a direct room: by the other member, or of the other member.
      blocked_(connection,
               "SELECT 1 FROM members AS m JOIN blocks AS b "
               "ON (b.user_id = m.user_id AND b.blocked = ?2) OR (b.user_id = ?2 AND b.blocked = m.user_id) "
               "WHERE m.room_id = ?1 AND m.user_id <> ?2 LIMIT 1"),
      title_(connection, "SELECT title FROM rooms WHERE room_id = ?"),
      rename_(connection, "UPDATE rooms SET title = ? WHERE room_id = ?"),
      retopic_(connection, "UPDATE rooms SET topic = ? WHERE room_id = ?"),
      publish_(connection, "UPDATE rooms SET is_public = ? WHERE room_id = ?"),
      hide_history_(connection, "UPDATE rooms SET history_joined = ? WHERE room_id = ?"),
      pin_(connection, "INSERT INTO pins (room_id, seq, pin_seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"),
      unpin_(connection, "DELETE FROM pins WHERE room_id = ? AND seq = ?"),
      counter_(connection, "SELECT last_cseq FROM device_pos WHERE room_id = ? AND device = ?"),
      count_next_(connection,
                  "UPDATE device_pos SET last_cseq = last_cseq + 1 WHERE room_id = ? AND device = ? AND last_cseq = ?"),
      move_counter_(connection, "UPDATE device_pos SET last_cseq = ? WHERE room_id = ? AND device = ?"),
      new_counter_(connection, "INSERT INTO device_pos (last_cseq, room_id, device) VALUES (?, ?, ?)") {}

RoomCommit::Room RoomCommit::load(RoomId room) {
  counters_.clear();
  standings_.clear();
  Rows rows = load_.query(room);
  if (!rows.next()) return {};
  return {.exists = true,
          .kind = rows.as<wire::RoomKind>(0),
          .is_public = rows.i64(6) != 0,
          .history_joined = rows.i64(7) != 0,
          .epoch = rows.as<Epoch>(1),
          .head = rows.as<Seq>(2),
          .msg_no = rows.u64(3),
          .min_seq = rows.as<Seq>(4),
          .last_ts = wall_from_ms(rows.i64(5))};
}

ports::Committed RoomCommit::run(const ports::CommitBatch& batch, bool careful) {
  rooms_per_user_max_ = batch.rooms_per_user_max;
  room_ = load(batch.room);
  ports::Committed done{
      .exists = room_.exists, .epoch = room_.epoch, .prev_head = room_.head, .head = room_.head, .results = {}};
  done.results.resize(batch.rows.size());
  if (!room_.exists || batch.epoch != room_.epoch) {
    const auto status = room_.exists ? wire::SendStatus::StaleEpoch : wire::SendStatus::NoSuchRoom;
    for (ports::CommitRowResult& result : done.results) result.status = status;
    return done;
  }
  if (careful) {
    commit_carefully(batch.room, batch.now, batch.rows, done.results);
  } else {
    commit_rows(batch.room, batch.now, batch.rows, done.results);
  }
  for (const ports::CommitRowResult& result : done.results) {
    probe(Probe::dup_in_batch, result.status == wire::SendStatus::Duplicate && result.seq > done.prev_head);
  }
  done.head = room_.head;
  return done;
}

void RoomCommit::commit_rows(RoomId room, WallTime now, BatchRows rows, Results results) {
  const Seq head_before = room_.head;
  for (std::size_t i = 0; i < rows.size(); ++i) results[i] = commit_row(room, now, rows[i]);
  write_back(room, head_before);
}

/// The halves of what SQLite refuses are tried by themselves.
void RoomCommit::commit_carefully(RoomId room, WallTime now, BatchRows rows, Results results) {
  try {
    Savepoint savepoint(savepoints_);
    commit_rows(room, now, rows, results);
    savepoint.release();
    return;
  } catch (const SqliteError& error) {
    if (fault_of(error.code()) != Fault::Refused) throw;
  }
  probe(Probe::batch_bisect);
  room_ = load(room);
  if (rows.size() == 1) return reject(room, rows[0], results[0]);
  const std::size_t half = rows.size() / 2;
  commit_carefully(room, now, rows.first(half), results.first(half));
  commit_carefully(room, now, rows.subspan(half), results.subspan(half));
}

/// A final answer, so the row's cseq is consumed.
void RoomCommit::reject(RoomId room, const ports::CommitRow& row, ports::CommitRowResult& result) {
  ++refused_;
  result = {.status = wire::SendStatus::Rejected};
  Counter& device = counter(room, row);
  device.last = std::max(device.last, row.cseq);
  write_back(room, room_.head);
}

void RoomCommit::write_back(RoomId room, Seq head_before) {
  for (Counter& each : counters_) {
    if (each.last == each.stored) continue;
    (each.stored ? move_counter_ : new_counter_).run(each.last, room, each.device);
    each.stored = each.last;
  }
  if (room_.head != head_before) move_head_.run(room_.head, room_.msg_no, room_.last_ts, room);
}

/// No counter tells a repeat: that it would change nothing does.
ports::CommitRowResult RoomCommit::commit_of_server(RoomId room, WallTime now, const ports::CommitRow& row) {
  const ports::Standing sender = standing(room, row.user);
  const bool member = sender.role != wire::Role::None;
  if (row.kind == wire::EventKind::MemberAdd ? member : member || !sender.invited) {
    return {.status = wire::SendStatus::Duplicate};
  }
  const auto permit = authorize(row, {}, room);
  if (!permit) return {.status = wire::SendStatus::Forbidden};
  if (too_many_rooms(room, row)) return {.status = wire::SendStatus::TooManyRooms};
  return append(*permit, room, now, row);
}

ports::CommitRowResult RoomCommit::commit_row(RoomId room, WallTime now, const ports::CommitRow& row) {
  if (!row.device) return commit_of_server(room, now, row);
  Counter& device = counter(room, row);
  if (row.renumbered) {
    if (const auto original = events_.sent_lately(room, row.device, row.client_msg_id, room_.min_seq)) {
      if (row.cseq == device.last.next()) device.last = row.cseq;
      return duplicate_of(original);
    }
  }
  if (row.cseq <= device.last) {
    const auto original = events_.sent(room, row.device, row.cseq, room_.min_seq);
    if (!original) return {.status = wire::SendStatus::RejectedBefore};
    if (original.client_msg_id != row.client_msg_id || original.body_hash != row.body_hash) {
      probe(Probe::conflict_body);
      return {.status = wire::SendStatus::Conflict};
    }
    return duplicate_of(original);
  }
  if (row.cseq != device.last.next()) {
    probe(Probe::out_of_order_nack);
    return {.status = wire::SendStatus::OutOfOrder, .expected = device.last.next()};
  }
  device.last = row.cseq;
  const auto target = events_.target(room, row.target, room_.min_seq);
  const auto permit = authorize(row, target, room);
  if (!permit) {
    probe(Probe::kick_raced_commit, standing(room, row.user).role == wire::Role::None);
    return {.status = wire::SendStatus::Forbidden};
  }
  const auto thread = row.thread ? events_.target(room, row.thread, room_.min_seq) : ports::Target{};
  if (!ports::target_fits(row.kind, row.target, target, row.thread, thread)) {
    return {.status = wire::SendStatus::Rejected};
  }
  if (too_many_rooms(room, row)) return {.status = wire::SendStatus::TooManyRooms};
  return append(*permit, room, now, row);
}

ports::CommitRowResult RoomCommit::append(const ports::Permit&, RoomId room, WallTime now,
                                          const ports::CommitRow& row) {
  room_.head = room_.head.next();
  room_.last_ts = ports::event_time(room_.last_ts, now);
  if (row.kind == wire::EventKind::Message) ++room_.msg_no;
  events_.insert({.room = room,
                  .epoch = room_.epoch,
                  .seq = room_.head,
                  .kind = row.kind,
                  .sender = row.user,
                  .device = row.device,
                  .cseq = row.cseq,
                  .client_msg_id = row.client_msg_id,
                  .ts = room_.last_ts,
                  .msg_no = room_.msg_no,
                  .target = row.target,
                  .thread = row.thread,
                  .subject = row.subject,
                  .role = row.role},
                 row.body);
  apply(room, row);
  return {.status = wire::SendStatus::Accepted, .seq = room_.head, .msg_no = room_.msg_no, .ts = room_.last_ts};
}

void RoomCommit::apply(RoomId room, const ports::CommitRow& row) {
  switch (row.kind) {
    case wire::EventKind::MemberAdd:
    case wire::EventKind::MemberRemove:
    case wire::EventKind::MemberInvite:
    case wire::EventKind::MemberMute:
    case wire::EventKind::MemberUnmute:
    case wire::EventKind::MemberBan:
    case wire::EventKind::MemberUnban:
      return apply_to_subject(room, row);
    case wire::EventKind::RoomTitle:
      return rename_.run(row.body, room);
    case wire::EventKind::RoomTopic:
      return retopic_.run(row.body, room);
    case wire::EventKind::RoomVisibility:
      room_.is_public = row.body == wire::kPublic;
      return publish_.run(int{room_.is_public}, room);
    case wire::EventKind::RoomHistory:
      room_.history_joined = row.body == wire::kHistoryJoined;
      return hide_history_.run(int{room_.history_joined}, room);
    case wire::EventKind::Pin:
      return pin_.run(room, row.target, room_.head);
    case wire::EventKind::Unpin:
      return unpin_.run(room, row.target);
    case wire::EventKind::Delete:
      unpin_.run(room, row.target);
      return events_.erase_texts_of(room, row.target);
    case wire::EventKind::Message:
      return call(room, row);
    case wire::EventKind::Edit:
    case wire::EventKind::ReactionAdd:
    case wire::EventKind::ReactionRemove:
      return;
  }
}

void RoomCommit::call(RoomId room, const ports::CommitRow& row) {
  for (const UserId user : wire::mentions_of(row.body).users) {
    if (user == row.user || standing(room, user).role == wire::Role::None) continue;
    change(ports::mention_change(room, room_.head, row.user, user));
  }
}

void RoomCommit::change(const ports::ItemChange& change) {
  if (change.kind == wire::ItemKind::Mention) return items_.mention(change.user, change.value);
  if (change.value.empty()) return items_.remove(change.user, change.kind, change.key);
  items_.set(change.user, change.kind, change.key, change.value);
}

void RoomCommit::apply_to_subject(RoomId room, const ports::CommitRow& row) {
  ports::Standing& subject = standing(room, row.subject);
  const ports::Standing before = subject;
  subject = ports::standing_after(row.kind, row.role, before);
  members_.put({.room = room,
                .user = row.subject,
                .by = row.user,
                .seq = room_.head,
                .before = before,
                .after = subject,
                .visible_from = room_.history_joined ? room_.head : Seq(1)});
  if (before.invited == subject.invited) return;
  Rows rows = title_.query(room);
  rows.next();
  change(ports::invitation_change(room, room_.head, row, rows.bytes(0)));
}

std::optional<ports::Permit> RoomCommit::authorize(const ports::CommitRow& row, const ports::Target& target,
                                                   RoomId room) {
  ports::Standing sender = standing(room, row.user);
  if (mutant(Mutant::MembersSetTopic) && row.kind == wire::EventKind::RoomTopic && sender.role == wire::Role::Member) {
    sender.role = wire::Role::Moderator;
  }
  return ports::authorize(
      ports::AppendRequest{.kind = row.kind,
                           .room_kind = room_.kind,
                           .room_public = room_.is_public,
                           .sender = sender,
                           .subject_is_sender = row.subject == row.user,
                           .subject = wire::has_subject(row.kind) ? standing(room, row.subject) : ports::Standing{},
                           .granted = row.role,
                           .target_is_own = target.exists && target.sender == row.user,
                           .mentions_room = wire::mentions_room(row.kind, row.body),
                           .blocked = room_.kind == wire::RoomKind::Direct && blocked(room, row.user)});
}

bool RoomCommit::too_many_rooms(RoomId room, const ports::CommitRow& row) {
  return row.kind == wire::EventKind::MemberAdd && standing(room, row.subject).role == wire::Role::None &&
         members_.in_rooms(row.subject, rooms_per_user_max_);
}

bool RoomCommit::blocked(RoomId room, UserId user) { return blocked_.query(room, user).next(); }

RoomCommit::Counter& RoomCommit::counter(RoomId room, const ports::CommitRow& row) {
  const auto known =
      std::find_if(counters_.begin(), counters_.end(), [&](const Counter& c) { return c.device == row.device; });
  if (known != counters_.end()) return *known;
  // Most rows are the next of their device, and whatever becomes of such a row, its number is consumed: one statement
  // finds the counter and moves it.
  if (row.cseq.value > 1) {
    count_next_.run(room, row.device, row.cseq.prev());
    if (sqlite3_changes64(connection_->get()) == 1) {
      return counters_.emplace_back(Counter{.device = row.device, .last = row.cseq.prev(), .stored = row.cseq});
    }
  }
  Rows rows = counter_.query(room, row.device);
  const Cseq last = rows.next() ? rows.as<Cseq>(0) : Cseq();
  return counters_.emplace_back(Counter{.device = row.device, .last = last, .stored = last});
}

ports::Standing& RoomCommit::standing(RoomId room, UserId user) {
  const auto known =
      std::find_if(standings_.begin(), standings_.end(), [&](const KnownStanding& s) { return s.user == user; });
  if (known != standings_.end()) return known->standing;
  return standings_.emplace_back(KnownStanding{.user = user, .standing = members_.standing(room, user)}).standing;
}

}  // namespace starling::store
