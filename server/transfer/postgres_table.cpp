#include "server/transfer/postgres_table.h"

#include <algorithm>
#include <array>

#include "server/transfer/format.h"

namespace starling::transfer {
namespace {

using Sql = PostgresTable::Sql;

#define STARLING_TABLE(table, id, columns, order, inserted)                                                  \
  Sql {                                                                                                      \
    table, columns,                                                                                          \
        postgres::Literal("DECLARE of_" table " NO SCROLL CURSOR FOR SELECT " id ", " columns " FROM " table \
                          " WHERE $1::bigint[] IS NULL OR " id " = ANY ($1::bigint[]) ORDER BY " order),     \
        postgres::Literal("FETCH 1000 FROM of_" table), {                                                    \
      "put_" table, "INSERT INTO " table " (" id ", " columns inserted                                       \
    }                                                                                                        \
  }
#define STARLING_ONCE " ON CONFLICT DO NOTHING RETURNING 1"

const std::array kOfRooms{
    STARLING_TABLE(
        "rooms", "room_id",
        "kind, title, epoch, head, msg_no, min_seq, last_ts, topic, is_public, history_joined, members", "room_id",
        ") VALUES ($1::bigint, $2::bigint, $3::text, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, "
        "$9::text, $10::bigint <> 0, $11::bigint <> 0, $12::bigint)" STARLING_ONCE),
    STARLING_TABLE("members", "room_id", "user_id, role, join_seq, leave_seq, muted, banned, invited_by, visible_from",
                   "room_id, user_id",
                   ") VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::bigint <> 0, "
                   "$7::bigint <> 0, $8::bigint, $9::bigint)" STARLING_ONCE),
    STARLING_TABLE("device_pos", "room_id", "device, last_cseq", "room_id, device",
                   ") VALUES ($1::bigint, $2::bigint, $3::bigint)" STARLING_ONCE),
    STARLING_TABLE("read_marks", "room_id", "user_id, seq, msg_no", "room_id, user_id",
                   ") VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bigint)" STARLING_ONCE),
    STARLING_TABLE("created_rooms", "room_id", "device, request_id", "room_id, device, request_id",
                   ") VALUES ($1::bigint, $2::bigint, $3::bigint)" STARLING_ONCE),
    STARLING_TABLE("direct_rooms", "room_id", "low_user, high_user", "room_id, low_user, high_user",
                   ") VALUES ($1::bigint, $2::bigint, $3::bigint)" STARLING_ONCE),
    STARLING_TABLE("pins", "room_id", "seq, pin_seq", "room_id, seq",
                   ") VALUES ($1::bigint, $2::bigint, $3::bigint)" STARLING_ONCE),
};
const std::array kOfUsers{
    STARLING_TABLE("users", "user_id", "rooms_version, items_version", "user_id",
                   ") VALUES ($1::bigint, $2::bigint + 1, $3::bigint) ON CONFLICT (user_id) DO UPDATE SET "
                   "rooms_version = greatest(users.rooms_version, excluded.rooms_version), "
                   "items_version = greatest(users.items_version, excluded.items_version)"),
    STARLING_TABLE(
        "accounts", "user_id", "handle, display_name, avatar_color, status_text, disabled, created", "user_id",
        ", password_hash, admin) VALUES ($1::bigint, $2::text, $3::text, $4::text, $5::text, $6::bigint <> 0, "
        "$7::bigint, '', false)" STARLING_ONCE),
    STARLING_TABLE("user_items", "user_id", "kind, key, version, value", "user_id, kind, key",
                   ") VALUES ($1::bigint, $2::bigint, $3::text, $4::bigint, $5::bytea)" STARLING_ONCE),
};
#undef STARLING_TABLE
#undef STARLING_ONCE

bool is_text(std::string_view column) {
  constexpr std::array<std::string_view, 8> kTexts{"title",  "topic",        "key",          "value",
                                                   "handle", "display_name", "avatar_color", "status_text"};
  return std::ranges::find(kTexts, column) != kTexts.end();
}

}  // namespace

std::span<const Sql> PostgresTable::of_rooms() { return kOfRooms; }
std::span<const Sql> PostgresTable::of_users() { return kOfUsers; }

std::vector<PostgresTable::Column> PostgresTable::columns_of(const Sql& sql) {
  std::vector<Column> columns;
  for (std::string_view rest = sql.columns; !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find(", "));
    columns.push_back({.name = name, .is_text = is_text(name)});
    rest.remove_prefix(std::min(rest.size(), name.size() + 2));
  }
  return columns;
}

PostgresTable::PostgresTable(postgres::Session& session, const Sql& sql, const postgres::Params& ids)
    : session_(&session), sql_(&sql), columns_(columns_of(sql)) {
  session.ask(sql.open, ids);
}

bool PostgresTable::has_row() {
  if (!rows_ || (row_ == rows_->count() && row_ != 0)) {
    rows_ = session_->ask(sql_->next);
    row_ = 0;
  }
  return row_ < rows_->count();
}

void PostgresTable::each_row(std::uint64_t id, const std::function<void(const std::function<void(JsonLine&)>&)>& take) {
  for (; has_row(); ++row_) {
    const auto found = rows_->i64(row_, 0);
    if (found > static_cast<std::int64_t>(id)) return;
    if (found == static_cast<std::int64_t>(id)) take([this](JsonLine& line) { write(line); });
  }
}

void PostgresTable::write(JsonLine& line) const {
  int at = 0;
  for (const Column& column : columns_) {
    ++at;
    if (column.is_text) {
      line.bytes(column.name, rows_->bytes(row_, at));
    } else if (is_id(column.name)) {
      line.id(column.name, rows_->u64(row_, at));
    } else {
      line.number(column.name, rows_->i64(row_, at));
    }
  }
}

}  // namespace starling::transfer
