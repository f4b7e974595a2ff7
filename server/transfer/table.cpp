#include "server/transfer/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <map>

#include "server/transfer/format.h"

namespace starling::transfer {

Table::Table(store::Connection& connection, std::string_view name, std::span<const std::string_view> only)
    : connection_(&connection), name_(name) {
  store::Statement statement(
      connection, "SELECT name, type, \"notnull\", dflt_value IS NULL, pk FROM pragma_table_info(?) ORDER BY cid");
  store::Rows rows = statement.query(name);
  std::map<std::int64_t, std::string> primary;
  while (rows.next()) {
    Column column{.name = std::string(rows.bytes(0)),
                  .type = std::string(rows.bytes(1)),
                  .required = rows.i64(2) != 0 && rows.i64(3) != 0};
    column.named = only.empty() || std::ranges::find(only, column.name) != only.end();
    if (rows.i64(4) != 0) primary[rows.i64(4)] = fmt::format("\"{}\"", column.name);
    columns_.push_back(std::move(column));
  }
  for (const auto& [place, column] : primary) order_ += (order_.empty() ? "" : ", ") + column;
}

store::Rows Table::rows_of(std::string_view key, std::uint64_t id) {
  if (select_ == nullptr) {
    key_ = key;
    std::vector<std::string> names;
    for (const Column& column : columns_) {
      if (column.named && column.name != key) names.push_back(fmt::format("\"{}\"", column.name));
    }
    if (names.empty()) names.emplace_back("NULL");
    select_ = std::make_unique<store::Statement>(
        *connection_,
        fmt::format("SELECT {} FROM \"{}\" WHERE \"{}\" = ? ORDER BY {}", fmt::join(names, ", "), name_, key, order_));
  }
  return select_->query(id);
}

void Table::write(JsonLine& line, const store::Rows& row) const {
  int at = 0;
  for (const Column& column : columns_) {
    if (!column.named || column.name == key_) continue;
    if (row.is_null(at)) {
      line.null(column.name);
    } else if (column.type != "INTEGER") {
      line.bytes(column.name, row.bytes(at));
    } else if (is_id(column.name)) {
      line.id(column.name, row.u64(at));
    } else {
      line.number(column.name, row.i64(at));
    }
    ++at;
  }
}

store::Statement& Table::inserting(const std::vector<const Column*>& columns, bool or_leave) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const Column* column : columns) names.push_back(fmt::format("\"{}\"", column->name));
  std::string marks = "?";
  for (std::size_t i = 1; i < names.size(); ++i) marks += ", ?";
  std::string sql = fmt::format("INSERT INTO \"{}\" ({}) VALUES ({}){}", name_, fmt::join(names, ", "), marks,
                                or_leave ? " ON CONFLICT DO NOTHING" : "");
  if (insert_ == nullptr || sql != insert_sql_) {
    insert_ = std::make_unique<store::Statement>(*connection_, sql);
    insert_sql_ = std::move(sql);
  }
  return *insert_;
}

bool Table::insert(std::string_view key, std::uint64_t id, Fields& fields, bool or_leave) {
  std::vector<const Column*> columns;
  std::vector<store::Value> values;
  std::deque<std::string> storage;  // its elements stay where they are
  for (const Column& column : columns_) {
    if (column.name == key) {
      columns.push_back(&column);
      values.emplace_back(static_cast<std::int64_t>(id));
      continue;
    }
    const bool given = column.named && (fields.has(column.name) || fields.has(column.name + "_hex"));
    if (!given && !column.required) continue;
    columns.push_back(&column);
    if (given) {
      values.push_back(fields.value(column.name, column.type, storage.emplace_back()));
    } else if (column.type == "INTEGER") {
      values.emplace_back(std::int64_t{0});
    } else if (column.type == "TEXT") {
      values.emplace_back(std::string_view());
    } else {
      values.emplace_back(store::Blob{});
    }
  }
  store::Rows rows = inserting(columns, or_leave).query_values(values);
  rows.next();
  return sqlite3_changes(connection_->get()) > 0;
}

}  // namespace starling::transfer
