// A table of PostgreSQL in an export.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "server/store/postgres/session.h"
#include "server/transfer/json_line.h"

namespace starling::transfer {

/// Reads it once, by room or user ascending, along with whoever asks for these in that order. Owner: the thread of the session,
/// within a transaction that has one snapshot.
class PostgresTable {
 public:
  struct Reading {
    std::string_view table;
    std::string_view columns;  // behind the room or the user, named and in the order as SQLite's table has them
    postgres::Literal open;    // a cursor; its parameter: of which rooms or users, NULL: of all
    postgres::Literal next;
  };
  static std::span<const Reading> of_rooms();
  static std::span<const Reading> of_users();

  PostgresTable(postgres::Session& session, const Reading& reading, const postgres::Params& ids);

  std::string_view name() const { return reading_->table; }
  void each_row(std::uint64_t id, const std::function<void(const std::function<void(JsonLine&)>&)>& take);

 private:
  struct Column {
    std::string_view name;
    bool is_text = false;  // or bytes
  };
  bool has_row();
  void write(JsonLine& line) const;

  postgres::Session* session_;
  const Reading* reading_;
  std::vector<Column> columns_;
  std::optional<postgres::Rows> rows_;  // none: not asked yet
  int row_ = 0;
};

}  // namespace starling::transfer
