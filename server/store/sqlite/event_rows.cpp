#include "server/store/sqlite/event_rows.h"

#include <utility>
#include <vector>

#include "common/wire/renumbered.h"

namespace starling::store {

wire::Event hashed_event_of(const Rows& row, RoomId room) {
  wire::Event event{.room = room,
                    .epoch = row.as<Epoch>(1),
                    .seq = row.as<Seq>(0),
                    .kind = row.as<wire::EventKind>(2),
                    .sender = row.as<UserId>(3),
                    .device = row.as<DeviceId>(4),
                    .cseq = row.as<Cseq>(5),
                    .client_msg_id = row.as<ClientMsgId>(6),
                    .ts = wall_from_ms(row.i64(7)),
                    .msg_no = row.u64(8),
                    .target = row.as<Seq>(9),
                    .thread = row.as<Seq>(14),
                    .subject = row.as<UserId>(10),
                    .role = row.as<wire::Role>(11),
                    .erased_hash = row.u64(12)};
  if (event.erased_hash == 0) event.erased_hash = wire::body_hash(row.bytes(13));
  return event;
}

wire::Event event_of(const Rows& row, RoomId room) {
  wire::Event event = hashed_event_of(row, room);
  event.erased_hash = row.u64(12);
  event.body = row.bytes(13);
  return event;
}

EventRows::EventRows(Connection& connection)
    : insert_(connection, "INSERT INTO events (room_id, " STARLING_EVENT_COLUMNS
                          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      by_cseq_(connection,
               "SELECT seq, ts, msg_no, client_msg_id, erased_hash, body FROM events "
               "WHERE room_id = ? AND device = ? AND cseq = ? AND device <> 0 AND seq >= ?"),
      newest_(connection,
              "SELECT seq, ts, msg_no, client_msg_id, erased_hash, body FROM events "
              "WHERE room_id = ? AND device = ? AND device <> 0 ORDER BY cseq DESC LIMIT ?"),
      target_(connection, "SELECT kind, sender, thread FROM events WHERE room_id = ? AND seq = ?"),
      texts_(
          connection,
          "SELECT seq, body FROM events WHERE room_id = ?1 AND seq = ?2 AND erased_hash = 0 UNION ALL "
          "SELECT seq, body FROM events WHERE room_id = ?1 AND target = ?2 AND target <> 0 AND kind = 2 AND kind <> 1 "
          "AND erased_hash = 0"),
      erase_(connection, "UPDATE events SET erased_hash = ?, body = x'' WHERE room_id = ? AND seq = ?") {}

void EventRows::insert(const wire::Event& event, std::string_view body) {
  insert_.run(event.room, event.seq, event.epoch, event.kind, event.sender, event.device, event.cseq,
              event.client_msg_id, event.ts, event.msg_no, event.target, event.subject, event.role, event.erased_hash,
              Blob{body}, event.thread);
}

EventRows::Original EventRows::original_of(const Rows& row) const {
  const std::uint64_t erased = row.u64(4);
  return {.seq = row.as<Seq>(0),
          .ts = wall_from_ms(row.i64(1)),
          .msg_no = row.u64(2),
          .client_msg_id = row.as<ClientMsgId>(3),
          .body_hash = erased != 0 ? erased : wire::body_hash(row.bytes(5))};
}

EventRows::Original EventRows::sent(RoomId room, DeviceId device, Cseq cseq, Seq min_seq) {
  Rows rows = by_cseq_.query(room, device, cseq, min_seq);
  return rows.next() ? original_of(rows) : Original{};
}

EventRows::Original EventRows::sent_lately(RoomId room, DeviceId device, ClientMsgId id, Seq min_seq) {
  Rows rows = newest_.query(room, device, wire::limits::kRenumberedFoundMax);
  while (rows.next()) {
    if (rows.as<ClientMsgId>(3) == id && rows.as<Seq>(0) >= min_seq) return original_of(rows);
  }
  return {};
}

ports::Target EventRows::target(RoomId room, Seq seq, Seq min_seq) {
  if (!seq || seq < min_seq) return {};
  Rows rows = target_.query(room, seq);
  if (!rows.next()) return {};
  return {.exists = true, .kind = rows.as<wire::EventKind>(0), .sender = rows.as<UserId>(1), .thread = rows.as<Seq>(2)};
}

void EventRows::erase_texts_of(RoomId room, Seq message) {
  std::vector<std::pair<Seq, std::uint64_t>> texts;
  {
    Rows rows = texts_.query(room, message);
    while (rows.next()) texts.emplace_back(rows.as<Seq>(0), wire::body_hash(rows.bytes(1)));
  }
  for (const auto& [seq, hash] : texts) erase_.run(hash, room, seq);
}

}  // namespace starling::store
