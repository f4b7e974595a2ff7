// Hashes and other fixed bytes, as they go into a row and come out of it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "server/store/sqlite/sqlite.h"

namespace starling::store {

template <std::size_t Size>
Blob blob_of(const std::array<unsigned char, Size>& bytes) {
  return {{reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
}

/// How long it takes says nothing of where the two differ.
template <std::size_t Size>
bool same(std::string_view stored, const std::array<unsigned char, Size>& given) {
  if (stored.size() != given.size()) return false;
  unsigned char differs = 0;
  for (std::size_t i = 0; i < Size; ++i) {
    differs = static_cast<unsigned char>(differs | (static_cast<unsigned char>(stored[i]) ^ given[i]));
  }
  return differs == 0;
}

/// Did the last statement change a row?
inline bool changed(const Connection& connection) { return sqlite3_changes64(connection.get()) > 0; }

}  // namespace starling::store
