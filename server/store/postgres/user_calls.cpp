#include "server/store/postgres/user_calls.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "common/wire/limits.h"
#include "server/ports/item_rules.h"

namespace starling::postgres {
namespace {

// OFFSET 0: each row is looked up by itself. Joined, all of a table might be read for a few users.
constexpr Statement kUsers{
    "load_users",
    "SELECT q.place, coalesce(u.rooms_version, 1), coalesce(u.items_version, 0), m.room_id, m.kind, m.role, m.title, "
    "m.seq, "
    "m.msg_no FROM unnest($1::bigint[]) WITH ORDINALITY AS q (user_id, place) "
    "LEFT JOIN LATERAL (SELECT rooms_version, items_version FROM users WHERE user_id = q.user_id OFFSET 0) AS u ON "
    "true "
    "LEFT JOIN LATERAL (SELECT x.room_id, r.kind, x.role, r.title, coalesce(k.seq, 0) AS seq, "
    "coalesce(k.msg_no, 0) AS msg_no FROM members AS x "
    "CROSS JOIN LATERAL (SELECT kind, title FROM rooms WHERE room_id = x.room_id OFFSET 0) AS r "
    "LEFT JOIN LATERAL (SELECT seq, msg_no FROM read_marks WHERE user_id = q.user_id AND room_id = x.room_id OFFSET 0) "
    "AS k ON true WHERE x.user_id = q.user_id AND x.leave_seq = 0 OFFSET 0) AS m ON true ORDER BY q.place LIMIT $2"};
// A place before what is lost, or beyond the newest, reads from the beginning (ports::continues). Of each user no more than an
// answer has room for, and one more, which tells that there are more.
constexpr Statement kItems{
    "load_items",
    "SELECT q.place, coalesce(u.items_version, 0), i.version, i.kind, i.key, i.value "
    "FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS q (user_id, after, place) "
    "LEFT JOIN LATERAL (SELECT items_version FROM users WHERE user_id = q.user_id OFFSET 0) AS u ON true "
    "LEFT JOIN LATERAL (SELECT * FROM (SELECT version, kind, key, value, "
    "sum(octet_length(key) + octet_length(value)) OVER (ORDER BY version) - octet_length(key) - octet_length(value) AS "
    "before "
    "FROM (SELECT * FROM user_items WHERE user_id = q.user_id AND version > CASE WHEN q.after <= u.items_version "
    "AND q.after >> 32 = u.items_version >> 32 THEN q.after ELSE 0 END ORDER BY version LIMIT $3) AS newer) AS "
    "measured "
    "WHERE before <= $4) AS i ON true ORDER BY q.place, i.version LIMIT $5"};
constexpr Statement kPutItem{"put_item", "SELECT * FROM put_item($1, $2, $3, $4, $5, $6)"};
constexpr Statement kPutReadMarks{"put_read_marks", "SELECT put_read_marks($1, $2, $3, $4)"};

}  // namespace

std::vector<Call> calls_of(Asked<ports::LoadUser> asked) {
  Params params;
  params.add_array(bigints_of(asked, &ports::LoadUser::user));
  add_rows_max(params, asked.size());
  return {{&kUsers, std::move(params)}};
}

Answered<ports::UserLoaded> results_of(Asked<ports::LoadUser> asked, std::span<const Rows> answers) {
  const Rows& rows = answers[0];
  const std::int64_t complete = complete_before(rows, asked.size());
  Answered<ports::UserLoaded> answered(asked.size());
  for (int row = 0; row < rows.count() && rows.i64(row, 0) < complete; ++row) {
    auto& loaded = answered[static_cast<std::size_t>(rows.i64(row, 0)) - 1];
    if (!loaded) {
      loaded = ports::UserLoaded{.rooms_version = rows.u64(row, 1), .items_version = rows.u64(row, 2), .rooms = {}};
    }
    const auto room = rows.as<RoomId>(row, 3);
    if (!room) continue;  // the user is in none
    loaded->rooms.push_back({.info = {.room = room,
                                      .kind = rows.as<wire::RoomKind>(row, 4),
                                      .role = rows.as<wire::Role>(row, 5),
                                      .title = std::string(rows.bytes(row, 6))},
                             .read_seq = rows.as<Seq>(row, 7),
                             .read_msg_no = rows.u64(row, 8)});
  }
  for (auto& loaded : answered) {
    if (loaded) std::ranges::sort(loaded->rooms, {}, [](const ports::UserRoom& room) { return room.info.room; });
  }
  return answered;
}

std::vector<Call> calls_of(Asked<ports::LoadItems> asked) {
  Params params;
  params.add_array(bigints_of(asked, &ports::LoadItems::user)).add_array(bigints_of(asked, &ports::LoadItems::after));
  params.add(wire::limits::kItemsMax + 1).add(wire::limits::kItemsBytesMax);
  add_rows_max(params, asked.size());
  return {{&kItems, std::move(params)}};
}

Answered<ports::ItemsLoaded> results_of(Asked<ports::LoadItems> asked, std::span<const Rows> answers) {
  const Rows& rows = answers[0];
  const std::int64_t complete = complete_before(rows, asked.size());
  Answered<ports::ItemsLoaded> answered(asked.size());
  std::size_t bytes = 0;
  for (int row = 0; row < rows.count() && rows.i64(row, 0) < complete; ++row) {
    const std::size_t at = static_cast<std::size_t>(rows.i64(row, 0)) - 1;
    if (!answered[at]) {
      const std::uint64_t newest = rows.u64(row, 1);
      const std::uint64_t after = asked[at]->after;
      answered[at] =
          ports::ItemsLoaded{.changes = {.prev = ports::continues(after, newest) ? after : 0, .version = newest}};
      bytes = 0;
    }
    wire::Items& changes = answered[at]->changes;
    wire::Item item{.kind = rows.as<wire::ItemKind>(row, 3),
                    .key = std::string(rows.bytes(row, 4)),
                    .value = std::string(rows.bytes(row, 5)),
                    .version = rows.u64(row, 2)};
    if (item.version == 0 || changes.more) continue;  // there is none, or no room for it
    bytes += item.key.size() + item.value.size() + ports::kItemBytes;
    if (!changes.items.empty() &&
        (bytes > wire::limits::kItemsBytesMax || changes.items.size() == wire::limits::kItemsMax)) {
      changes.more = true;
      changes.version = changes.items.back().version;
      continue;
    }
    changes.items.push_back(std::move(item));
  }
  return answered;
}

std::vector<Call> calls_of(const ports::PutItem& request) {
  Params params;
  params.add(request.user).add(request.kind).add_bytes(request.key).add_bytes(request.value).add(request.base);
  params.add(ports::kItemsPerUserMax);
  return {{&kPutItem, std::move(params)}};
}

ports::ItemStored result_of(const ports::PutItem& request, std::span<const Rows> answers) {
  const Rows& rows = answers[0];
  return {
      .status = rows.as<wire::PutStatus>(0, 0),
      .item = {
          .kind = request.kind, .key = request.key, .value = std::string(rows.bytes(0, 2)), .version = rows.u64(0, 1)}};
}

std::vector<Call> calls_of(const ports::PutReadMarks& request) {
  // A statement may touch a row once: of several marks in a room the highest counts.
  std::map<std::pair<UserId, RoomId>, const ports::ReadMarkRow*> highest;
  for (const ports::ReadMarkRow& mark : request.marks) {
    if (!mark.seq) continue;
    const ports::ReadMarkRow*& known = highest[{mark.user, mark.room}];
    if (known == nullptr || mark.seq > known->seq) known = &mark;
  }
  std::vector<std::int64_t> users;
  std::vector<std::int64_t> rooms;
  std::vector<std::int64_t> seqs;
  std::vector<std::int64_t> msg_nos;
  for (const auto& [key, mark] : highest) {
    users.push_back(bigint_of(mark->user));
    rooms.push_back(bigint_of(mark->room));
    seqs.push_back(bigint_of(mark->seq));
    msg_nos.push_back(bigint_of(mark->msg_no));
  }
  return {{&kPutReadMarks, Params().add_array(users).add_array(rooms).add_array(seqs).add_array(msg_nos)}};
}

ports::Done result_of(const ports::PutReadMarks&, std::span<const Rows>) { return {}; }

}  // namespace starling::postgres
