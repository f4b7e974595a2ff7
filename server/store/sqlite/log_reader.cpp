#include "server/store/sqlite/log_reader.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "server/store/sqlite/event_rows.h"
#include "server/store/sqlite/limits.h"

namespace starling::store {
namespace {

/// What a row of a page counts beyond its body.
constexpr std::size_t kEventBytes = 64;

/// In a damaged file a cursor may go in circles.
Seq after(Seq last, Seq next) {
  if (next <= last) throw SqliteError(SQLITE_CORRUPT, "the events of a room are out of order");
  return next;
}

}  // namespace

LogReader::LogReader(Connection& connection)
    : connection_(&connection),
      room_(connection,
            "SELECT kind, title, epoch, head, msg_no, min_seq, last_ts, history_joined FROM rooms WHERE room_id = ?"),
      checkpoint_(connection,
                  "SELECT seq, hash FROM checkpoints WHERE room_id = ? AND seq <= ? ORDER BY seq DESC LIMIT 1"),
      forward_(connection, "SELECT " STARLING_EVENT_COLUMNS
                           " FROM events WHERE room_id = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?"),
      backward_(connection, "SELECT " STARLING_EVENT_COLUMNS
                            " FROM events WHERE room_id = ? AND seq < ? AND seq >= ? ORDER BY seq DESC LIMIT ?"),
      // By name: left to itself, SQLite walks the log from ?3 to its end, because that needs no sorting.
      related_(connection, "SELECT " STARLING_EVENT_COLUMNS
                           " FROM events INDEXED BY events_by_target "
                           "WHERE room_id = ?1 AND target >= ?2 AND target <= ?3 AND target <> 0 "
                           "AND kind <> 1 AND seq > ?3 ORDER BY seq"),
      members_(connection,
               "SELECT user_id, role, join_seq, visible_from FROM members WHERE room_id = ? AND leave_seq = 0"),
      device_(connection, "SELECT last_cseq FROM device_pos WHERE room_id = ? AND device = ?") {}

RoomRow LogReader::room(RoomId room) {
  Rows rows = room_.query(room);
  if (!rows.next()) return {};
  return {.exists = true,
          .kind = rows.as<wire::RoomKind>(0),
          .title = std::string(rows.bytes(1)),
          .epoch = rows.as<Epoch>(2),
          .head = rows.as<Seq>(3),
          .msg_no = rows.u64(4),
          .min_seq = rows.as<Seq>(5),
          .last_ts = wall_from_ms(rows.i64(6)),
          .history_joined = rows.i64(7) != 0};
}

Checkpoint LogReader::checkpoint(RoomId room, Seq seq) {
  Rows rows = checkpoint_.query(room, seq);
  if (!rows.next()) return {};
  return {.seq = rows.as<Seq>(0), .hash = rows.as<PrefixHash>(1)};
}

std::vector<wire::Event> LogReader::events(RoomId room, Seq from, Seq to, Snapshot& snapshot) {
  std::vector<wire::Event> events;
  while (from < to) {
    const Seq before = from;
    {
      Rows rows = forward_.query(room, from, to, limits::kSnapshotRows);
      while (rows.next()) {
        events.push_back(event_of(rows, room));
        from = after(from, events.back().seq);
      }
    }
    if (from == before) break;
    snapshot.breathe();
  }
  return events;
}

PrefixHash LogReader::fold_to(RoomId room, Seq seq, Snapshot& snapshot) {
  auto [at, hash] = checkpoint(room, seq);
  while (at < seq) {
    const Seq before = at;
    {
      Rows rows = forward_.query(room, at, seq, limits::kSnapshotRows);
      while (rows.next()) {
        const wire::Event event = hashed_event_of(rows, room);
        hash = wire::fold(hash, event);
        at = after(at, event.seq);
      }
    }
    if (at == before) break;
    snapshot.breathe();
  }
  return hash;
}

std::vector<wire::Event> LogReader::page_events(const ports::ReadPage& request, const RoomRow& row) {
  std::vector<wire::Event> events;
  std::size_t bytes = 0;
  const auto fits = [&](const Rows& rows) {
    bytes += rows.bytes(13).size() + kEventBytes;
    return events.empty() || bytes <= request.bytes_max;
  };
  if (request.backward) {
    const Seq below = !request.from || request.from > row.head ? row.head.next() : request.from;
    Rows rows = backward_.query(request.room, below, row.min_seq, request.limit);
    while (rows.next() && fits(rows)) events.push_back(event_of(rows, request.room));
    std::reverse(events.begin(), events.end());
  } else {
    const Seq after = std::max(request.from, row.min_seq.prev());
    Rows rows = forward_.query(request.room, after, row.head, request.limit);
    while (rows.next() && fits(rows)) events.push_back(event_of(rows, request.room));
  }
  return events;
}

void LogReader::add_related(const ports::ReadPage& request, ports::PageRead& page) {
  std::size_t bytes = 0;
  Rows rows = related_.query(request.room, page.events.front().seq, page.events.back().seq);
  while (rows.next()) {
    wire::Event event = event_of(rows, request.room);
    bytes += event.body.size() + kEventBytes;
    if (!page.related.empty() && bytes > request.bytes_max) {
      page.related_to = event.seq.prev();
      return;
    }
    page.related.push_back(std::move(event));
  }
}

ports::PageRead LogReader::page(const ports::ReadPage& request) {
  Snapshot snapshot(*connection_);
  const RoomRow row = room(request.room);
  if (!row.exists) return {.exists = false};
  ports::PageRead page{.epoch = row.epoch, .min_seq = row.min_seq, .head = row.head, .related_to = row.head};
  page.events = page_events(request, row);
  Seq before;
  if (!page.events.empty()) {
    before = page.events.front().seq.prev();
  } else if (request.backward) {
    const Seq below = !request.from || request.from > row.head ? row.head.next() : request.from;
    before = std::max(below, row.min_seq).prev();
  } else {
    before = std::min(std::max(request.from, row.min_seq.prev()), row.head);
  }
  if (request.related && !page.events.empty()) add_related(request, page);
  page.hash_before = fold_to(request.room, before, snapshot);
  return page;
}

ports::RoomLoaded LogReader::load(const ports::LoadRoom& request) {
  Snapshot snapshot(*connection_);
  RoomRow row = room(request.room);
  if (!row.exists) return {};
  ports::RoomLoaded loaded{.exists = true,
                           .kind = row.kind,
                           .title = std::move(row.title),
                           .epoch = row.epoch,
                           .head = row.head,
                           .msg_no = row.msg_no,
                           .min_seq = row.min_seq,
                           .last_ts = row.last_ts,
                           .history_joined = row.history_joined};
  {
    Rows rows = members_.query(request.room);
    while (rows.next()) {
      loaded.members.push_back({.user = rows.as<UserId>(0),
                                .role = rows.as<wire::Role>(1),
                                .join_seq = rows.as<Seq>(2),
                                .visible_from = rows.as<Seq>(3)});
    }
  }
  // SQLite orders ids as signed numbers.
  std::sort(loaded.members.begin(), loaded.members.end(),
            [](const ports::Member& a, const ports::Member& b) { return a.user < b.user; });
  const Checkpoint newest = checkpoint(request.room, row.head);
  loaded.checkpoint_seq = newest.seq;
  loaded.checkpoint_hash = newest.hash;
  loaded.tail = events(request.room, newest.seq, row.head, snapshot);
  return loaded;
}

ports::DeviceRead LogReader::device(const ports::ReadDevice& request) {
  Rows rows = device_.query(request.room, request.device);
  return {.last_cseq = rows.next() ? rows.as<Cseq>(0) : Cseq()};
}

}  // namespace starling::store
