#include "server/search/postgres/postgres_log.h"

#include <atomic>
#include <utility>

#include "server/store/postgres/session.h"

namespace starling::search {
namespace {

using postgres::Params;
using postgres::Rows;
using postgres::Statement;

/// Not as the node's own connections: those tell who has its place (server/store/postgres/seat.h). 63 bytes are kept.
constexpr Statement kName{
    "search_name",
    "SELECT set_config('application_name', left('search of ' || current_setting('application_name'), 63), false)"};
constexpr Statement kHistory{"search_history", "SELECT number FROM history"};
constexpr Statement kRooms{"search_rooms",
                           "SELECT room_id, epoch, head, min_seq FROM rooms WHERE room_id >= $1::bigint "
                           "ORDER BY room_id LIMIT $2::bigint"};
// An OFFSET 0 keeps a part as it stands: for each place one row by its key, however many there are thought to be; and edits by
// their target, not along the log.
constexpr Statement kRest{
    "search_rest",
    "SELECT r.room_id, r.epoch, r.head, r.min_seq, e.ts FROM unnest($1::bigint[], $2::bigint[]) AS q (room_id, seq) "
    "CROSS JOIN LATERAL (SELECT room_id, epoch, head, min_seq FROM rooms WHERE room_id = q.room_id OFFSET 0) AS r "
    "CROSS JOIN LATERAL (SELECT ts FROM events WHERE room_id = q.room_id AND seq > q.seq ORDER BY seq LIMIT 1) AS e"};
constexpr Statement kEvents{
    "search_events",
    "SELECT q.place, e.seq, e.kind, e.sender, e.ts, e.target, e.erased, e.body "
    "FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS q (room_id, seq, place) "
    "CROSS JOIN LATERAL (SELECT seq, kind, sender, ts, target, erased, body FROM events "
    "WHERE room_id = q.room_id AND seq > q.seq ORDER BY seq LIMIT $3::bigint) AS e ORDER BY q.place, e.seq"};
constexpr Statement kSights{"search_sights",
                            "SELECT room_id, visible_from FROM members WHERE user_id = $1::bigint AND leave_seq = 0 "
                            "AND ($2::bigint = 0 OR room_id = $2::bigint)"};
constexpr Statement kMessages{
    "search_messages",
    "SELECT q.place, e.sender, e.ts, coalesce(x.body, e.body) "
    "FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS q (room_id, seq, place) "
    "CROSS JOIN LATERAL (SELECT min_seq FROM rooms WHERE room_id = q.room_id OFFSET 0) AS r "
    "CROSS JOIN LATERAL (SELECT visible_from FROM members WHERE room_id = q.room_id AND user_id = $1::bigint "
    "AND leave_seq = 0 OFFSET 0) AS m "
    "CROSS JOIN LATERAL (SELECT sender, ts, body FROM events WHERE room_id = q.room_id AND seq = q.seq AND kind = 1 "
    "AND NOT erased AND seq >= r.min_seq AND seq >= m.visible_from OFFSET 0) AS e "
    "LEFT JOIN LATERAL (SELECT body FROM (SELECT seq, body FROM events WHERE room_id = q.room_id AND target = q.seq "
    "AND target <> 0 AND kind <> 1 AND kind = 2 OFFSET 0) AS edits ORDER BY seq DESC LIMIT 1) AS x ON true"};

LogRoom room_of(const Rows& rows, int row) {
  return {.room = rows.as<RoomId>(row, 0),
          .epoch = rows.as<Epoch>(row, 1),
          .head = rows.as<Seq>(row, 2),
          .min_seq = rows.as<Seq>(row, 3)};
}

void add_places(Params& params, std::span<const LogPlace> places) {
  std::vector<std::int64_t> rooms;
  std::vector<std::int64_t> seqs;
  for (const LogPlace& place : places) {
    rooms.push_back(postgres::bigint_of(place.room));
    seqs.push_back(postgres::bigint_of(place.seq));
  }
  params.add_array(rooms).add_array(seqs);
}

/// Places of an answer count from 1 on.
std::size_t place_of(const Rows& rows, int row) { return static_cast<std::size_t>(rows.i64(row, 0)) - 1; }

template <class Ask>
auto asking(Ask ask) {
  try {
    return ask();
  } catch (const postgres::Failed& failed) {
    throw LogFault(failed.error.text);
  }
}

}  // namespace

PostgresLog::PostgresLog(const std::string& conninfo, std::shared_ptr<postgres::Resolver> resolver,
                         std::size_t first_host, bool replicated)
    : replicated_(replicated), session_(asking([&] {
        return std::make_unique<postgres::BoundedSession>(conninfo, std::move(resolver), first_host);
      })) {
  ask(kName, {});
}

Rows PostgresLog::ask(const Statement& statement, Params params) {
  return asking([&] { return std::move(session_->run({{&statement, std::move(params)}}).front()); });
}

std::uint64_t PostgresLog::history() {
  const Rows rows = ask(kHistory, {});
  return rows.empty() ? 0 : rows.u64(0, 0);
}

std::vector<LogRoom> PostgresLog::rooms_from(RoomId first, std::size_t limit) {
  const Rows rows = ask(kRooms, Params().add(first).add(limit));
  std::vector<LogRoom> all;
  for (int row = 0; row < rows.count(); ++row) all.push_back(room_of(rows, row));
  return all;
}

std::vector<LogRest> PostgresLog::rest_after(std::span<const LogPlace> places) {
  Params params;
  add_places(params, places);
  const Rows rows = ask(kRest, std::move(params));
  std::vector<LogRest> all;
  for (int row = 0; row < rows.count(); ++row) {
    all.push_back({.room = room_of(rows, row), .next = rows.as<WallTime>(row, 4)});
  }
  return all;
}

std::vector<std::vector<LogEvent>> PostgresLog::events_after(std::span<const LogPlace> places, std::uint32_t each) {
  Params params;
  add_places(params, places);
  params.add(each);
  const Rows rows = ask(kEvents, std::move(params));
  std::vector<std::vector<LogEvent>> all(places.size());
  for (int row = 0; row < rows.count(); ++row) {
    all[place_of(rows, row)].push_back({.seq = rows.as<Seq>(row, 1),
                                        .kind = rows.as<wire::EventKind>(row, 2),
                                        .sender = rows.as<UserId>(row, 3),
                                        .ts = rows.as<WallTime>(row, 4),
                                        .target = rows.as<Seq>(row, 5),
                                        .erased = rows.flag(row, 6),
                                        .body = std::string(rows.bytes(row, 7))});
  }
  return all;
}

std::vector<LogSight> PostgresLog::sights_of(UserId user, std::optional<RoomId> only) {
  const Rows rows = ask(kSights, Params().add(user).add(only.value_or(RoomId())));
  std::vector<LogSight> all;
  for (int row = 0; row < rows.count(); ++row) {
    all.push_back({.room = rows.as<RoomId>(row, 0), .visible_from = rows.as<Seq>(row, 1)});
  }
  return all;
}

std::vector<std::optional<LogMessage>> PostgresLog::messages(UserId user, std::span<const LogPlace> places) {
  Params params;
  params.add(user);
  add_places(params, places);
  const Rows rows = ask(kMessages, std::move(params));
  std::vector<std::optional<LogMessage>> all(places.size());
  for (int row = 0; row < rows.count(); ++row) {
    all[place_of(rows, row)] = LogMessage{
        .sender = rows.as<UserId>(row, 1), .ts = rows.as<WallTime>(row, 2), .text = std::string(rows.bytes(row, 3))};
  }
  return all;
}

void PostgresLog::prove() {
  if (replicated_) asking([&] { return session_->run({}, true); });
}

OpenLog postgres_logs(const std::string& conninfo, bool replicated) {
  return [conninfo, replicated, resolver = std::make_shared<postgres::Resolver>(conninfo),
          first_host = std::make_shared<std::atomic<std::size_t>>(0)] {
    try {
      return std::make_unique<PostgresLog>(conninfo, resolver, *first_host, replicated);
    } catch (const LogFault&) {
      // Who refuses us, or says nothing, may go on like that: the primary is another one then.
      ++*first_host;
      throw;
    }
  };
}

}  // namespace starling::search
