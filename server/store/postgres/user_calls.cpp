#include "server/store/postgres/user_calls.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "common/wire/limits.h"
#include "server/ports/item_rules.h"

namespace starling::postgres {
namespace {

constexpr Statement kVersions{"user_versions", "SELECT rooms_version, items_version FROM users WHERE user_id = $1"};
// OFFSET 0: each mark is looked up by itself. Joined, all of the user's might be read for each room.
constexpr Statement kRooms{
    "user_rooms",
    "SELECT m.room_id, r.kind, m.role, r.title, coalesce(k.seq, 0), coalesce(k.msg_no, 0) FROM members AS m "
    "JOIN rooms AS r USING (room_id) LEFT JOIN LATERAL (SELECT seq, msg_no FROM read_marks "
    "WHERE user_id = $1 AND room_id = m.room_id OFFSET 0) AS k ON true WHERE m.user_id = $1 AND m.leave_seq = 0"};
// A place before what is lost, or beyond the newest, reads from the beginning (ports::continues). One more than fits tells
// that there are more.
constexpr Statement kItems{
    "user_items",
    "SELECT version, kind, key, value FROM user_items WHERE user_id = $1 AND version > coalesce((SELECT $2::bigint "
    "FROM users "
    "WHERE user_id = $1 AND $2 <= items_version AND $2 >> 32 = items_version >> 32), 0) ORDER BY version LIMIT $3"};
constexpr Statement kPutItem{"put_item", "SELECT * FROM put_item($1, $2, $3, $4, $5, $6)"};
constexpr Statement kPutReadMarks{"put_read_marks", "SELECT put_read_marks($1, $2, $3, $4)"};

}  // namespace

std::vector<Call> calls_of(const ports::LoadUser& request) {
  return {{&kVersions, Params().add(request.user)}, {&kRooms, Params().add(request.user)}};
}

ports::UserLoaded result_of(const ports::LoadUser&, std::span<const Rows> answers) {
  ports::UserLoaded loaded{.rooms_version = 1};
  if (!answers[0].empty()) {
    loaded.rooms_version = answers[0].u64(0, 0);
    loaded.items_version = answers[0].u64(0, 1);
  }
  const Rows& rooms = answers[1];
  for (int row = 0; row < rooms.count(); ++row) {
    loaded.rooms.push_back({.info = {.room = rooms.as<RoomId>(row, 0),
                                     .kind = rooms.as<wire::RoomKind>(row, 1),
                                     .role = rooms.as<wire::Role>(row, 2),
                                     .title = std::string(rooms.bytes(row, 3))},
                            .read_seq = rooms.as<Seq>(row, 4),
                            .read_msg_no = rooms.u64(row, 5)});
  }
  std::ranges::sort(loaded.rooms, {}, [](const ports::UserRoom& room) { return room.info.room; });
  return loaded;
}

std::vector<Call> calls_of(const ports::LoadItems& request) {
  return {{&kVersions, Params().add(request.user)},
          {&kItems, Params().add(request.user).add(request.after).add(wire::limits::kItemsMax + 1)}};
}

ports::ItemsLoaded result_of(const ports::LoadItems& request, std::span<const Rows> answers) {
  wire::Items changes;
  if (!answers[0].empty()) changes.version = answers[0].u64(0, 1);
  changes.prev = ports::continues(request.after, changes.version) ? request.after : 0;
  std::size_t bytes = 0;
  const Rows& rows = answers[1];
  for (int row = 0; row < rows.count(); ++row) {
    wire::Item item{.kind = rows.as<wire::ItemKind>(row, 1),
                    .key = std::string(rows.bytes(row, 2)),
                    .value = std::string(rows.bytes(row, 3)),
                    .version = rows.u64(row, 0)};
    bytes += item.key.size() + item.value.size() + ports::kItemBytes;
    if (!changes.items.empty() &&
        (bytes > wire::limits::kItemsBytesMax || changes.items.size() == wire::limits::kItemsMax)) {
      changes.more = true;
      changes.version = changes.items.back().version;
      break;
    }
    changes.items.push_back(std::move(item));
  }
  return {.changes = std::move(changes)};
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
