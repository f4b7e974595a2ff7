// A table of PostgreSQL in an export, and in an import.
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
  struct Sql {
    std::string_view table;
    std::string_view columns;    // behind the room or the user, named and in the order as SQLite's table has them
    postgres::Literal open;      // a cursor; its parameter: of which rooms or users, NULL: of all
    postgres::Literal next;      // rows of it
    postgres::Statement insert;  // its parameters: the room or the user, and the columns; no row: there is one already
  };
  static std::span<const Sql> of_rooms();
  static std::span<const Sql> of_users();

  struct Column {
    std::string_view name;
    bool is_text = false;  // or bytes
  };
  static std::vector<Column> columns_of(const Sql& sql);

  PostgresTable(postgres::Session& session, const Sql& sql, const postgres::Params& ids);

  std::string_view name() const { return sql_->table; }
  void each_row(std::uint64_t id, const std::function<void(const std::function<void(JsonLine&)>&)>& take);

 private:
  bool has_row();
  void write(JsonLine& line) const;

  postgres::Session* session_;
  const Sql* sql_;
  std::vector<Column> columns_;
  std::optional<postgres::Rows> rows_;  // none: not asked yet
  int row_ = 0;
};

}  // namespace starling::transfer
