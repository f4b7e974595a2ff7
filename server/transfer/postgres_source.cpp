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

/// Of a room, and yet with the people.
bool is_of_people(std::string_view table) {
  return table == "read_marks" || table == "created_rooms" || table == "direct_rooms";
}

}  // namespace

PostgresSource::Place::Place(const postgres::Database& database) : session(database.conninfo) {
  postgres::check_current(session, database.part);
  session.begin_snapshot();
  session.run("SET LOCAL cursor_tuple_fraction = 1");
}

PostgresSource::PostgresSource(const postgres::Databases& databases, const std::vector<RoomId>& rooms)
    : of_all_(rooms.empty()),
      rooms_(of_all_ ? Params().add_null() : among(rooms)),
      people_(std::make_unique<Place>(databases.people)) {
  for (const postgres::Database& database : databases.parts) parts_.push_back(std::make_unique<Place>(database));
  for (const auto& sql : PostgresTable::of_rooms()) {
    const bool here = is_of_people(sql.table) || parts_.empty();
    if (here) people_->tables.emplace_back(people_->session, sql, rooms_);
    if (here) continue;
    for (auto& part : parts_) part->tables.emplace_back(part->session, sql, rooms_);
  }
}

std::vector<PostgresSource::Place*> PostgresSource::with_logs() {
  if (parts_.empty()) return {people_.get()};
  std::vector<Place*> all;
  for (const auto& part : parts_) all.push_back(part.get());
  return all;
}

std::vector<RoomId> PostgresSource::rooms() {
  std::vector<RoomId> found;
  for (Place* place : with_logs()) {
    const Rows rows = place->session.ask(
        "SELECT room_id FROM rooms WHERE $1::bigint[] IS NULL OR room_id = ANY ($1::bigint[])", rooms_);
    for (int i = 0; i < rows.count(); ++i) found.push_back(rows.as<RoomId>(i, 0));
  }
  std::ranges::sort(found, before<RoomId>);
  return found;
}

void PostgresSource::open_users(const Params& ids) {
  for (const auto& sql : PostgresTable::of_users()) people_->tables.emplace_back(people_->session, sql, ids);
}

void PostgresSource::each_user(const std::function<void(UserId)>& take) {
  if (of_all_) {
    open_users(Params().add_null());
    postgres::Session& session = people_->session;
    session.run(
        "DECLARE everybody NO SCROLL CURSOR FOR SELECT user_id FROM users UNION SELECT user_id FROM members UNION "
        "SELECT user_id FROM accounts ORDER BY 1");
    for (Rows rows = session.ask("FETCH 1000 FROM everybody"); !rows.empty();
         rows = session.ask("FETCH 1000 FROM everybody")) {
      for (int i = 0; i < rows.count(); ++i) take(rows.as<UserId>(i, 0));
    }
    return;
  }
  std::vector<UserId> users;
  for (Place* place : with_logs()) {
    const Rows rows = place->session.ask(
        "SELECT user_id FROM members WHERE room_id = ANY ($1::bigint[]) UNION "
        "SELECT sender FROM events WHERE room_id = ANY ($1::bigint[])",
        rooms_);
    for (int i = 0; i < rows.count(); ++i) users.push_back(rows.as<UserId>(i, 0));
  }
  std::ranges::sort(users, before<UserId>);
  users.erase(std::ranges::unique(users).begin(), users.end());
  open_users(among(users));
  for (const UserId user : users) take(user);
}

void PostgresSource::each_row(std::string_view table, std::uint64_t id,
                              const std::function<void(const WriteRow&)>& take) {
  auto& mine = people_->tables;
  const auto found = std::ranges::find(mine, table, &PostgresTable::name);
  if (found != mine.end()) return found->each_row(id, take);
  std::ranges::find(of(RoomId(id)).tables, table, &PostgresTable::name)->each_row(id, take);
}

RoomLog PostgresSource::log(RoomId room) {
  postgres::Session& session = of(room).session;
  const Rows row = session.ask(
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
  postgres::Session& session = of(room).session;
  const Rows stored = session.ask("SELECT hash FROM checkpoints WHERE room_id = $1::bigint AND seq = $2::bigint",
                                  Params().add(room).add(checkpoint));
  PrefixHash hash = stored.empty() ? PrefixHash() : stored.as<PrefixHash>(0, 0);
  each_event(room, checkpoint.next(), head, [&](const wire::Event& event) { hash = wire::fold(hash, event); });
  return hash;
}

void PostgresSource::each_event(RoomId room, Seq from, Seq to, const std::function<void(const wire::Event&)>& take) {
  postgres::each_event(of(room).session, room, from, to, take);
}

}  // namespace starling::transfer
