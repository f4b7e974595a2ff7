#include "server/transfer/postgres_source.h"

#include <algorithm>
#include <cstdint>

#include "server/store/postgres/events.h"
#include "server/store/postgres/migrate.h"

namespace starling::transfer {
namespace {

using postgres::Params;
using postgres::Rows;

template <class IdType>
Params among(const std::vector<IdType>& ids) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(ids.size());
  for (const IdType id : ids) numbers.push_back(postgres::bigint_of(id));
  return Params().add_array(numbers);
}

}  // namespace

PostgresSource::PostgresSource(const std::string& conninfo, const std::vector<RoomId>& rooms)
    : session_(conninfo), of_all_(rooms.empty()), rooms_(of_all_ ? Params().add_null() : among(rooms)) {
  postgres::check_current(session_);
  session_.begin_snapshot();
  session_.run("SET LOCAL cursor_tuple_fraction = 1");
  for (const auto& sql : PostgresTable::of_rooms()) tables_.emplace_back(session_, sql, rooms_);
}

std::vector<RoomId> PostgresSource::rooms() {
  const Rows rows = session_.ask(
      "SELECT room_id FROM rooms WHERE $1::bigint[] IS NULL OR room_id = ANY ($1::bigint[]) ORDER BY room_id", rooms_);
  std::vector<RoomId> found;
  for (int i = 0; i < rows.count(); ++i) found.push_back(rows.as<RoomId>(i, 0));
  return found;
}

void PostgresSource::open_users(const Params& ids) {
  for (const auto& sql : PostgresTable::of_users()) tables_.emplace_back(session_, sql, ids);
}

void PostgresSource::each_user(const std::function<void(UserId)>& take) {
  if (of_all_) {
    open_users(Params().add_null());
    session_.run(
        "DECLARE everybody NO SCROLL CURSOR FOR SELECT user_id FROM users UNION SELECT user_id FROM members UNION "
        "SELECT user_id FROM accounts ORDER BY 1");
    for (Rows rows = session_.ask("FETCH 1000 FROM everybody"); !rows.empty();
         rows = session_.ask("FETCH 1000 FROM everybody")) {
      for (int i = 0; i < rows.count(); ++i) take(rows.as<UserId>(i, 0));
    }
    return;
  }
  const Rows rows = session_.ask(
      "SELECT user_id FROM members WHERE room_id = ANY ($1::bigint[]) UNION "
      "SELECT sender FROM events WHERE room_id = ANY ($1::bigint[]) ORDER BY 1",
      rooms_);
  std::vector<UserId> users;
  for (int i = 0; i < rows.count(); ++i) users.push_back(rows.as<UserId>(i, 0));
  open_users(among(users));
  for (const UserId user : users) take(user);
}

void PostgresSource::each_row(std::string_view table, std::uint64_t id,
                              const std::function<void(const WriteRow&)>& take) {
  std::ranges::find(tables_, table, &PostgresTable::name)->each_row(id, take);
}

RoomLog PostgresSource::log(RoomId room) {
  const Rows row = session_.ask(
      "SELECT min_seq, head, "
      "coalesce((SELECT hash FROM checkpoints AS c WHERE c.room_id = $1::bigint AND seq < min_seq ORDER BY seq DESC "
      "LIMIT 1), 0), "
      "coalesce((SELECT max(seq) FROM checkpoints AS c WHERE c.room_id = $1::bigint AND seq <= head), 0) "
      "FROM rooms WHERE room_id = $1::bigint",
      Params().add(room));
  const auto head = row.as<Seq>(0, 1);
  return {.min_seq = row.as<Seq>(0, 0),
          .head = head,
          .base_hash = row.as<PrefixHash>(0, 2),
          .hash = fold_to(room, row.as<Seq>(0, 3), head)};
}

PrefixHash PostgresSource::fold_to(RoomId room, Seq checkpoint, Seq head) {
  const Rows stored = session_.ask("SELECT hash FROM checkpoints WHERE room_id = $1::bigint AND seq = $2::bigint",
                                   Params().add(room).add(checkpoint));
  PrefixHash hash = stored.empty() ? PrefixHash() : stored.as<PrefixHash>(0, 0);
  each_event(room, checkpoint.next(), head, [&](const wire::Event& event) { hash = wire::fold(hash, event); });
  return hash;
}

void PostgresSource::each_event(RoomId room, Seq from, Seq to, const std::function<void(const wire::Event&)>& take) {
  postgres::each_event(session_, room, from, to, take);
}

}  // namespace starling::transfer
