// Parameters of a prepared statement, in PostgreSQL's binary format. The server infers their types from the statement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace starling::postgres {

/// bigint: ids, enumerators, times and counts, all as the signed integer of their bits.
template <class T>
constexpr std::int64_t bigint_of(T value) {
  if constexpr (std::is_same_v<T, WallTime>) {
    return to_ms(value);
  } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    return static_cast<std::int64_t>(value);
  } else {
    return static_cast<std::int64_t>(value.value);
  }
}

class Params {
 public:
  template <class T>
  Params& add(T value) {
    if constexpr (std::is_same_v<T, bool>) {
      const char byte = value ? 1 : 0;
      return add_bytes({&byte, 1});
    } else {
      return add_bigint(bigint_of(value));
    }
  }
  /// bytea or text: both are their bytes.
  Params& add_bytes(std::string_view bytes);
  Params& add_null();
  /// bigint[]
  Params& add_array(std::span<const std::int64_t> values);
  /// bytea[] and text[]
  Params& add_bytes_array(std::span<const std::string_view> values);
  Params& add_text_array(std::span<const std::string_view> values);

  /// As libpq takes them; until the next change.
  struct Pointers {
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
  };
  Pointers pointers() const;

 private:
  struct Place {
    std::size_t at = 0;
    int length = 0;  // -1: NULL
  };

  Params& add_bigint(std::int64_t value);
  Params& add_values(std::uint32_t type, std::span<const std::string_view> values);
  void begin_array(std::uint32_t type, std::size_t size);
  void put32(std::uint32_t value);
  void put64(std::uint64_t value);
  Params& end(std::size_t at);

  std::string bytes_;
  std::vector<Place> places_;
};

}  // namespace starling::postgres
