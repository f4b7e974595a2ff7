#include "server/store/postgres/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "server/store/postgres/events.h"
#include "server/store/postgres/migrate.h"
#include "server/store/postgres/session.h"

namespace starling::postgres {
namespace {

constexpr std::uint32_t kEventsAtOnce = 4096;
/// Read in some seconds.
constexpr std::uint64_t kRoomsMax = 1000;
constexpr std::uint64_t kEventsMax = 1'000'000;
/// As PostgreSQL counts, too.
constexpr std::uint64_t kNoEnd = std::numeric_limits<std::int64_t>::max();

struct Room {
  Seq head;
  Seq min_seq;
  std::uint64_t msg_no = 0;
  bool has_strays = false;  // events that are not between its ends
};

Room room_of(Session& session, RoomId room) {
  const Rows row = session.ask(
      "SELECT head, min_seq, msg_no, EXISTS (SELECT FROM events AS e WHERE e.room_id = $1::bigint AND e.seq < "
      "r.min_seq) "
      "OR EXISTS (SELECT FROM events AS e WHERE e.room_id = $1::bigint AND e.seq > r.head) FROM rooms AS r "
      "WHERE room_id = $1::bigint",
      Params().add(room));
  return {
      .head = row.as<Seq>(0, 0), .min_seq = row.as<Seq>(0, 1), .msg_no = row.u64(0, 2), .has_strays = row.flag(0, 3)};
}

std::map<Seq, PrefixHash> checkpoints_of(Session& session, RoomId room) {
  const Rows rows = session.ask("SELECT seq, hash FROM checkpoints WHERE room_id = $1::bigint", Params().add(room));
  std::map<Seq, PrefixHash> all;
  for (int i = 0; i < rows.count(); ++i) all.emplace(rows.as<Seq>(i, 0), rows.as<PrefixHash>(i, 1));
  return all;
}

}  // namespace

store::LogCheck check_log(Session& session, RoomId room) {
  const Room row = room_of(session, room);
  const std::map<Seq, PrefixHash> checkpoints = checkpoints_of(session, room);
  // Where retention has cut the log, its fold begins at the checkpoint before the cut.
  const Seq before = row.min_seq.prev();
  const auto first = checkpoints.find(before);
  if (before && first == checkpoints.end()) return {.fault = "the log was cut without a checkpoint"};
  store::LogFolder folder(before, before ? first->second : PrefixHash());
  std::uint64_t msg_no = row.msg_no;
  while (folder.at() < row.head && folder.good()) {
    const Rows events = session.ask("SELECT " STARLING_PG_EVENT_COLUMNS
                                    " FROM events WHERE room_id = $1::bigint AND seq > $2::bigint AND "
                                    "seq <= $3::bigint ORDER BY seq LIMIT $4::bigint",
                                    Params().add(room).add(folder.at()).add(row.head).add(kEventsAtOnce));
    if (events.empty()) folder.end(row.head);
    for (int i = 0; i < events.count() && folder.good(); ++i) {
      const wire::Event event = event_of(events, i, 0, room);
      folder.take(event);
      msg_no = event.msg_no;
      const auto point = checkpoints.find(folder.at());
      if (point != checkpoints.end()) folder.compare(point->first, point->second);
    }
  }
  store::LogCheck check = folder.result();
  if (!check.good()) return check;
  if (msg_no != row.msg_no) {
    check.fault = fmt::format("the room counts {} messages, its log {}", row.msg_no, msg_no);
  } else if (!checkpoints.empty() && checkpoints.rbegin()->first > row.head) {
    check.fault = fmt::format("the checkpoint at {} is beyond the head", checkpoints.rbegin()->first.value);
  } else if (row.has_strays) {
    check.fault = fmt::format("there are events outside of {} to {}", row.min_seq.value, row.head.value);
  }
  return check;
}

namespace {

LogsChecked check_some(Session& session, std::uint64_t rooms_max, std::uint64_t events_max) {
  const Rows rooms =
      session.ask("SELECT room_id, head - min_seq + 1 FROM rooms ORDER BY last_ts DESC, room_id LIMIT $1::bigint",
                  Params().add(rooms_max));
  LogsChecked checked;
  checked.rooms_left = session.ask("SELECT count(*) FROM rooms").u64(0, 0);
  for (int i = 0; i < rooms.count(); ++i) {
    const auto room = rooms.as<RoomId>(i, 0);
    if (checked.events + rooms.u64(i, 1) > events_max) continue;
    session.begin_snapshot();
    const store::LogCheck check = check_log(session, room);
    session.run("COMMIT");
    ++checked.rooms;
    checked.events += check.events;
    if (check.good()) continue;
    checked.damaged = room;
    checked.fault = check.fault;
    break;
  }
  checked.rooms_left -= std::min(checked.rooms_left, checked.rooms);
  return checked;
}

}  // namespace

Result<LogsChecked, std::string> check_logs(const Database& database, Logs which) {
  try {
    Session session(database.conninfo);
    session.run("SET statement_timeout = 0");
    check_current(session, database.part);
    return which == Logs::Every ? check_some(session, kNoEnd, kNoEnd) : check_some(session, kRoomsMax, kEventsMax);
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error.text);
  }
}

}  // namespace starling::postgres
