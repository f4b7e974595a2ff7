// A table whose columns are found at run time: a column that a later migration adds travels without a change here.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/store/sqlite/sqlite.h"
#include "server/transfer/fields.h"
#include "server/transfer/json_line.h"

namespace starling::transfer {

/// Owner: the thread of the connection.
class Table {
 public:
  /// `only`: of its columns, those; empty: all.
  Table(store::Connection& connection, std::string_view name, std::span<const std::string_view> only = {});

  bool exists() const { return !columns_.empty(); }
  const std::string& name() const { return name_; }

  /// The rows whose `key` column is `id`, by the primary key; `write` takes them.
  store::Rows rows_of(std::string_view key, std::uint64_t id);
  /// All but the key's column, as fields.
  void write(JsonLine& line, const store::Rows& row) const;

  /// A row of what the line holds. A column that it lacks gets its default; without one, an empty value. False: the
  /// table has such a row, and `or_leave` was asked for.
  bool insert(std::string_view key, std::uint64_t id, Fields& fields, bool or_leave = false);

 private:
  struct Column {
    std::string name;
    std::string type;
    bool required = false;  // NOT NULL without a default
    bool named = true;      // among `only`
  };
  store::Statement& inserting(const std::vector<const Column*>& columns, bool or_leave);

  store::Connection* connection_;
  std::string name_;
  std::vector<Column> columns_;
  std::string order_;  // its primary key
  std::string key_;
  std::unique_ptr<store::Statement> select_;
  std::string insert_sql_;
  std::unique_ptr<store::Statement> insert_;
};

}  // namespace starling::transfer
