// Reads of one kind that go to the server together, as one call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "server/store/postgres/limits.h"
#include "server/store/postgres/params.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

/// Never empty. A row of the answer names the one that it is for by its place, from 1 on.
template <class Request>
using Asked = std::span<const Request* const>;

/// One for each asked. Nothing: it cannot be answered beside the others, so it is to be asked for alone.
template <class Result>
using Answered = std::vector<std::optional<Result>>;

/// One of the requests' fields as an array.
template <class Request, class Field>
std::vector<std::int64_t> bigints_of(Asked<Request> asked, Field Request::* field) {
  std::vector<std::int64_t> values;
  for (const Request* each : asked) values.push_back(bigint_of(each->*field));
  return values;
}

/// How many rows may answer so many, as a LIMIT: one that is asked for alone gets all of its own.
inline void add_rows_max(Params& params, std::size_t asked) {
  if (asked == 1) {
    params.add_null();
  } else {
    params.add(limits::kTogetherRowsMax);
  }
}

/// The places before this one have all of their rows. `rows` are in the order of places, which stand in their first column.
inline std::int64_t complete_before(const Rows& rows, std::size_t asked) {
  const bool cut = asked > 1 && static_cast<std::size_t>(rows.count()) == limits::kTogetherRowsMax;
  return cut ? rows.i64(rows.count() - 1, 0) : static_cast<std::int64_t>(asked) + 1;
}

}  // namespace starling::postgres
