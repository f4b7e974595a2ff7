#include "server/transfer/postgres_table.h"

#include <algorithm>
#include <array>

#include "server/transfer/format.h"

namespace starling::transfer {
namespace {

using Reading = PostgresTable::Reading;

#define STARLING_READING(table, id, columns, order)                                                          \
  Reading {                                                                                                  \
    table, columns,                                                                                          \
        postgres::Literal("DECLARE of_" table " NO SCROLL CURSOR FOR SELECT " id ", " columns " FROM " table \
                          " WHERE $1::bigint[] IS NULL OR " id " = ANY ($1::bigint[]) ORDER BY " order),     \
        postgres::Literal("FETCH 1000 FROM of_" table)                                                       \
  }

const std::array kOfRooms{
    STARLING_READING("rooms", "room_id",
                     "kind, title, epoch, head, msg_no, min_seq, last_ts, topic, is_public, history_joined, members",
                     "room_id"),
    STARLING_READING("members", "room_id",
                     "user_id, role, join_seq, leave_seq, muted, banned, invited_by, visible_from", "room_id, user_id"),
    STARLING_READING("device_pos", "room_id", "device, last_cseq", "room_id, device"),
    STARLING_READING("read_marks", "room_id", "user_id, seq, msg_no", "room_id, user_id"),
    STARLING_READING("created_rooms", "room_id", "device, request_id", "room_id, device, request_id"),
    STARLING_READING("direct_rooms", "room_id", "low_user, high_user", "room_id, low_user, high_user"),
    STARLING_READING("pins", "room_id", "seq, pin_seq", "room_id, seq"),
};
const std::array kOfUsers{
    STARLING_READING("users", "user_id", "rooms_version, items_version", "user_id"),
    STARLING_READING("accounts", "user_id", "handle, display_name, avatar_color, status_text, disabled, created",
                     "user_id"),
    STARLING_READING("user_items", "user_id", "kind, key, version, value", "user_id, kind, key"),
};
#undef STARLING_READING

bool is_text(std::string_view column) {
  constexpr std::array<std::string_view, 8> kTexts{"title",  "topic",        "key",          "value",
                                                   "handle", "display_name", "avatar_color", "status_text"};
  return std::ranges::find(kTexts, column) != kTexts.end();
}

}  // namespace

std::span<const Reading> PostgresTable::of_rooms() { return kOfRooms; }
std::span<const Reading> PostgresTable::of_users() { return kOfUsers; }

PostgresTable::PostgresTable(postgres::Session& session, const Reading& reading, const postgres::Params& ids)
    : session_(&session), reading_(&reading) {
  for (std::string_view rest = reading.columns; !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find(", "));
    columns_.push_back({.name = name, .is_text = is_text(name)});
    rest.remove_prefix(std::min(rest.size(), name.size() + 2));
  }
  session.ask(reading.open, ids);
}

bool PostgresTable::has_row() {
  if (!rows_ || (row_ == rows_->count() && row_ != 0)) {
    rows_ = session_->ask(reading_->next);
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
