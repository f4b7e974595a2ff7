// The rows that a statement has answered, in PostgreSQL's binary format.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/base/time.h"

namespace starling::postgres {

class Rows {
 public:
  explicit Rows(PGresult* result) : result_(result) {}

  int count() const { return PQntuples(result_.get()); }
  bool empty() const { return count() == 0; }
  /// Of boolean, smallint, integer and bigint; NULL is 0.
  std::int64_t i64(int row, int column) const;
  std::uint64_t u64(int row, int column) const { return static_cast<std::uint64_t>(i64(row, column)); }
  bool flag(int row, int column) const { return i64(row, column) != 0; }
  /// Of text and bytea; as long as the rows.
  std::string_view bytes(int row, int column) const;
  /// Of bigint[]; NULL is empty.
  std::vector<std::int64_t> numbers(int row, int column) const;
  template <class T>
  T as(int row, int column) const {
    if constexpr (std::is_same_v<T, WallTime>) {
      return wall_from_ms(i64(row, column));
    } else if constexpr (std::is_enum_v<T>) {
      return static_cast<T>(i64(row, column));
    } else {
      return T(static_cast<typename T::rep>(i64(row, column)));
    }
  }

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

}  // namespace starling::postgres
