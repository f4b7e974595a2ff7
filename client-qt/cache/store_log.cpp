// Reading the log.
#include <algorithm>

#include "client-qt/cache/store.h"

namespace starling::qt {
namespace {

using sqlite::Rows;
using sqlite::Statement;

constexpr const char* kColumns =
    "SELECT room, seq, epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, target, subject, role, "
    "erased_hash, body, thread FROM event ";

/// The indices are named: without statistics SQLite would rather walk through the whole room.
std::string select(const char* rest) { return std::string(kColumns) + rest; }

wire::Event event_of(const Rows& row) {
  return {.room = row.as<RoomId>(0),
          .epoch = row.as<Epoch>(2),
          .seq = row.as<Seq>(1),
          .kind = row.as<wire::EventKind>(3),
          .sender = row.as<UserId>(4),
          .device = row.as<DeviceId>(5),
          .cseq = row.as<Cseq>(6),
          .client_msg_id = row.as<ClientMsgId>(7),
          .ts = wall_from_ms(row.i64(8)),
          .msg_no = row.u64(9),
          .target = row.as<Seq>(10),
          .thread = row.as<Seq>(15),
          .subject = row.as<UserId>(11),
          .role = row.as<wire::Role>(12),
          .erased_hash = row.u64(13),
          .body = std::string(row.bytes(14))};
}

std::vector<wire::Event> events_of(Rows rows) {
  std::vector<wire::Event> out;
  while (rows.next()) out.push_back(event_of(rows));
  return out;
}

}  // namespace

Seq Store::contiguous_from(RoomId room) {
  Statement statement = prepare("SELECT contiguous_from FROM room WHERE room = ?");
  Rows rows = statement.query(room);
  return rows.next() ? rows.as<Seq>(0) : Seq();
}

void Store::set_contiguous_from(RoomId room, Seq seq) {
  prepare("UPDATE room SET contiguous_from = ?2 WHERE room = ?1").run(room, seq);
}

std::vector<wire::Event> Store::related(RoomId room, Seq first, Seq last) {
  Statement statement =
      prepare(select("INDEXED BY event_target WHERE room = ?1 AND target <> 0 AND target BETWEEN ?2 AND ?3 AND kind IN "
                     "(2,3,4,5) AND seq > ?3 ORDER BY seq"));
  return events_of(statement.query(room, first, last));
}

LogSlice Store::older(RoomId room, Seq below, std::uint32_t limit) {
  LogSlice out{.contiguous_from = contiguous_from(room)};
  if (!out.contiguous_from) return out;
  const std::uint64_t before = below ? below.value : INT64_MAX;
  if (before < out.contiguous_from.value) return out;
  Statement statement = prepare(select("WHERE room = ? AND seq < ? ORDER BY seq DESC LIMIT ?"));
  Rows rows = statement.query(room, before, limit);
  while (rows.next()) {
    const Seq seq = rows.as<Seq>(1);
    // Beyond the known run, the next one joins it only without a gap.
    const Seq after = out.events.empty() ? below : out.events.back().seq;
    if (seq < out.contiguous_from && seq.next() != after) break;
    out.events.push_back(event_of(rows));
  }
  std::ranges::reverse(out.events);
  if (out.events.empty()) return out;
  if (out.events.front().seq < out.contiguous_from) {
    out.contiguous_from = out.events.front().seq;
    set_contiguous_from(room, out.contiguous_from);
  }
  out.related = related(room, out.events.front().seq, out.events.back().seq);
  return out;
}

LogSlice Store::newer(RoomId room, Seq above, std::uint32_t limit) {
  LogSlice out{.contiguous_from = contiguous_from(room)};
  Statement statement = prepare(select("WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?"));
  Rows rows = statement.query(room, above, limit);
  while (rows.next()) {
    if (rows.as<Seq>(1) != (out.events.empty() ? above : out.events.back().seq).next()) break;
    out.events.push_back(event_of(rows));
  }
  if (!out.events.empty()) out.related = related(room, out.events.front().seq, out.events.back().seq);
  return out;
}

LogSlice Store::thread(RoomId room, Seq root, std::uint32_t limit) {
  LogSlice out{.contiguous_from = contiguous_from(room)};
  if (auto first = event(room, root)) out.events.push_back(std::move(*first));
  Statement statement = prepare(
      select("INDEXED BY event_thread WHERE room = ?1 AND thread = ?2 AND thread <> 0 ORDER BY seq DESC LIMIT ?3"));
  std::vector<wire::Event> said = events_of(statement.query(room, root, limit));
  out.events.insert(out.events.end(), said.rbegin(), said.rend());
  for (const wire::Event& each : out.events) {
    std::vector<wire::Event> of_one = related(room, each.seq, each.seq);
    out.related.insert(out.related.end(), of_one.begin(), of_one.end());
  }
  std::ranges::sort(out.related, {}, &wire::Event::seq);
  return out;
}

std::optional<wire::Event> Store::event(RoomId room, Seq seq) {
  Statement statement = prepare(select("WHERE room = ? AND seq = ?"));
  Rows rows = statement.query(room, seq);
  if (!rows.next()) return std::nullopt;
  return event_of(rows);
}

std::optional<Preview> Store::message(RoomId room, Seq seq) {
  Statement statement = prepare(
      "SELECT seq, sender, ts, body, erased_hash, (SELECT body FROM event e INDEXED BY event_target WHERE e.room = "
      "m.room AND e.target = m.seq AND e.target <> 0 AND e.kind = 2 ORDER BY e.seq DESC LIMIT 1) FROM event m WHERE "
      "room = ? AND seq = ? AND kind = 1");
  Rows rows = statement.query(room, seq);
  if (!rows.next()) return std::nullopt;
  Preview out{.seq = rows.as<Seq>(0), .sender = rows.as<UserId>(1), .ts = wall_from_ms(rows.i64(2))};
  out.deleted = rows.u64(4) != 0;
  if (!out.deleted) out.text = std::string(rows.bytes(5).empty() ? rows.bytes(3) : rows.bytes(5));
  return out;
}

Preview Store::last_message(RoomId room) {
  Statement statement = prepare(
      "SELECT seq FROM event WHERE room = ? AND kind = 1 AND seq >= (SELECT contiguous_from FROM room WHERE room = ?1) "
      "ORDER BY seq DESC LIMIT 1");
  Rows rows = statement.query(room);
  if (!rows.next()) return {};
  return message(room, rows.as<Seq>(0)).value_or(Preview{});
}

std::vector<wire::Event> Store::member_events(RoomId room) {
  Statement statement = prepare(select("INDEXED BY event_members WHERE room = ? AND kind IN (6, 7, 17) ORDER BY seq"));
  return events_of(statement.query(room));
}

bool Store::holds(RoomId room, UserId sender, ClientMsgId client_msg_id, Seq after) {
  Statement statement =
      prepare("SELECT 1 FROM event WHERE room = ? AND seq > ? AND sender = ? AND client_msg_id = ? LIMIT 1");
  return statement.query(room, after, sender, client_msg_id).next();
}

std::uint32_t Store::unread_mentions(RoomId room) {
  Statement statement =
      prepare("SELECT count(*) FROM mention WHERE room = ?1 AND seq > (SELECT read_seq FROM room WHERE room = ?1)");
  Rows rows = statement.query(room);
  return rows.next() ? static_cast<std::uint32_t>(rows.u64(0)) : 0;
}

}  // namespace starling::qt
