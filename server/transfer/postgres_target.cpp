#include "server/transfer/postgres_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "server/store/account_words.h"
#include "server/store/postgres/events.h"
#include "server/store/postgres/migrate.h"
#include "server/store/postgres/relay.h"
#include "server/transfer/postgres_table.h"

namespace starling::transfer {
namespace {

using postgres::bigint_of;
using postgres::Params;
using postgres::Rows;

/// Of the longest bodies 16 MiB.
constexpr std::size_t kEventsAtOnce = 1024;
constexpr Seq kEverySeq{static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())};

constexpr postgres::Statement kPutEvents{
    "put_events",
    "INSERT INTO events (room_id, seq, epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, target, thread, "
    "subject, role, body_hash, erased, body) SELECT $1::bigint, seq, epoch, kind, sender, device, cseq, client_msg_id, "
    "ts, msg_no, target, thread, subject, role, body_hash, erased <> 0, body FROM unnest($2::bigint[], $3::bigint[], "
    "$4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], "
    "$11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bytea[]) AS e "
    "(seq, "
    "epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, target, thread, subject, role, body_hash, erased, "
    "body)"};
constexpr postgres::Statement kPutCheckpoint{
    "put_checkpoint_row", "INSERT INTO checkpoints (room_id, seq, hash) VALUES ($1::bigint, $2::bigint, $3::bigint)"};

const PostgresTable::Sql& sql_of(std::string_view table) {
  const auto rooms = PostgresTable::of_rooms();
  const auto found = std::ranges::find(rooms, table, &PostgresTable::Sql::table);
  return found != rooms.end() ? *found
                              : *std::ranges::find(PostgresTable::of_users(), table, &PostgresTable::Sql::table);
}

/// As the line has it; what it lacks is empty, but where a log and a membership begin.
void add(Params& params, const PostgresTable::Column& column, Fields& fields) {
  const bool given = fields.has(column.name) || fields.has(fmt::format("{}_hex", column.name));
  if (column.is_text) {
    params.add_bytes(given ? fields.bytes(column.name) : std::string());
  } else if (given) {
    std::string unused;
    const store::Value value = fields.value(column.name, "INTEGER", unused);
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr) refuse(fmt::format("its field \"{}\" is no number", column.name));
    params.add(*number);
  } else {
    params.add(std::int64_t{column.name == "min_seq" || column.name == "visible_from" ? 1 : 0});
  }
}

void prepared(const postgres::Database& database) {
  if (auto done = postgres::prepare(database); !done) throw postgres::Failed{done.error()};
}

/// Of a room: the people's database has them, or both have them.
bool is_of_people(std::string_view table) {
  return table == "read_marks" || table == "created_rooms" || table == "direct_rooms";
}
bool is_of_both(std::string_view table) { return is_of_people(table) && table != "read_marks"; }

}  // namespace

PostgresTarget::PostgresTarget(postgres::Databases databases) : databases_(std::move(databases)) {
  for (const postgres::Database& database : databases_.all()) {
    // To become a part, a database has to stand still itself.
    if (!databases_.one()) prepared(database);
    standstills_.push_back(std::make_unique<postgres::Standstill>(database.conninfo));
    prepared(database);
    sessions_.push_back(std::make_unique<postgres::Session>(database.conninfo));
  }
  // Lines may come slowly.
  run("SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0");
}

bool PostgresTarget::has_rooms() {
  return std::ranges::any_of(
      with_logs(), [](const auto& session) { return session->run("SELECT EXISTS (SELECT FROM rooms)") == "t"; });
}

void PostgresTarget::begin() {
  if (in_transaction_) return;
  run("BEGIN");
  in_transaction_ = true;
}

void PostgresTarget::commit() {
  if (!in_transaction_) return;
  in_transaction_ = false;
  run("COMMIT");
  postgres::tell_people(databases_);
}

void PostgresTarget::rollback() {
  in_transaction_ = false;
  run("ROLLBACK");
}

void PostgresTarget::begin_room() {
  run("SAVEPOINT room");
  in_room_ = true;
}

void PostgresTarget::keep_room() {
  put_waiting();
  run("RELEASE room");
  in_room_ = false;
}

void PostgresTarget::undo_room() {
  if (!in_room_) return;
  in_room_ = false;
  waiting_ = Waiting();
  run("ROLLBACK TO room; RELEASE room");
}

void PostgresTarget::put_versions(UserId user, std::uint64_t rooms, std::uint64_t items) {
  people().call({&sql_of("users").insert, Params().add(user).add(rooms).add(items)});
}

void PostgresTarget::index(UserId user) {
  const Rows row =
      people().ask("SELECT handle, display_name FROM accounts WHERE user_id = $1::bigint", Params().add(user));
  if (row.empty()) return;
  const std::set<std::string> words = store::words_of(ports::Profile{
      .user = user, .handle = std::string(row.bytes(0, 0)), .display_name = std::string(row.bytes(0, 1))});
  people().ask("SELECT put_words($1::bigint, $2::text[])",
               Params().add(user).add_text_array(std::vector<std::string_view>(words.begin(), words.end())));
}

bool PostgresTarget::put_row(std::string_view table, std::uint64_t id, Fields& fields, bool or_leave) {
  const PostgresTable::Sql& sql = sql_of(table);
  Params params;
  params.add(id);
  for (const PostgresTable::Column& column : PostgresTable::columns_of(sql)) add(params, column, fields);
  const bool of_room = std::ranges::find(PostgresTable::of_rooms(), table, &PostgresTable::Sql::table) !=
                       PostgresTable::of_rooms().end();
  const bool both = is_of_both(table) && !databases_.one();
  if (both) people().call({&sql.insert, params});
  postgres::Session& session = of_room && (both || !is_of_people(table)) ? of(RoomId(id)) : people();
  const bool made = !session.call({&sql.insert, std::move(params)}).empty();
  // With the people they may be of an attempt that has not come as far as the room.
  const bool may_be_there = is_of_people(table) && !databases_.one();
  if (!made && !or_leave && !may_be_there) refuse(fmt::format("there is such a row of {} already", table));
  return made;
}

void PostgresTarget::put_event(const wire::Event& event) {
  Waiting& w = waiting_;
  w.room = event.room;
  w.seq.push_back(bigint_of(event.seq));
  w.epoch.push_back(bigint_of(event.epoch));
  w.kind.push_back(bigint_of(event.kind));
  w.sender.push_back(bigint_of(event.sender));
  w.device.push_back(bigint_of(event.device));
  w.cseq.push_back(bigint_of(event.cseq));
  w.client_msg_id.push_back(bigint_of(event.client_msg_id));
  w.ts.push_back(bigint_of(event.ts));
  w.msg_no.push_back(bigint_of(event.msg_no));
  w.target.push_back(bigint_of(event.target));
  w.thread.push_back(bigint_of(event.thread));
  w.subject.push_back(bigint_of(event.subject));
  w.role.push_back(bigint_of(event.role));
  const bool erased = event.erased_hash != 0;
  w.body_hash.push_back(bigint_of(erased ? event.erased_hash : wire::body_hash(event.body)));
  w.erased.push_back(erased ? 1 : 0);
  w.body.emplace_back(event.body);
  if (w.seq.size() == kEventsAtOnce) put_waiting();
}

void PostgresTarget::put_waiting() {
  if (waiting_.seq.empty()) return;
  const Waiting w = std::exchange(waiting_, Waiting());
  Params params;
  params.add(w.room);
  for (const auto* column : {&w.seq, &w.epoch, &w.kind, &w.sender, &w.device, &w.cseq, &w.client_msg_id, &w.ts,
                             &w.msg_no, &w.target, &w.thread, &w.subject, &w.role, &w.body_hash, &w.erased}) {
    params.add_array(*column);
  }
  params.add_bytes_array(std::vector<std::string_view>(w.body.begin(), w.body.end()));
  of(w.room).call({&kPutEvents, std::move(params)});
}

void PostgresTarget::put_checkpoint(RoomId room, Seq seq, PrefixHash hash) {
  of(room).call({&kPutCheckpoint, Params().add(room).add(seq).add(hash)});
}

std::optional<StoredRoom> PostgresTarget::stored(RoomId room) {
  const Rows row =
      of(room).ask("SELECT epoch, min_seq, head FROM rooms WHERE room_id = $1::bigint", Params().add(room));
  if (row.empty()) return std::nullopt;
  return StoredRoom{.epoch = row.as<Epoch>(0, 0), .min_seq = row.as<Seq>(0, 1), .head = row.as<Seq>(0, 2)};
}

PrefixHash PostgresTarget::fold(RoomId room, Seq min_seq) {
  const Rows base = of(room).ask("SELECT hash FROM checkpoints WHERE room_id = $1::bigint AND seq = $2::bigint",
                                 Params().add(room).add(min_seq.prev()));
  PrefixHash hash = base.empty() ? PrefixHash() : base.as<PrefixHash>(0, 0);
  postgres::each_event(of(room), room, min_seq, kEverySeq,
                       [&](const wire::Event& event) { hash = wire::fold(hash, event); });
  return hash;
}

}  // namespace starling::transfer
