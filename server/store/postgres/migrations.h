// The schema's history, embedded from migrations/postgres at build time.
#pragma once

#include <span>
#include <string_view>

namespace starling::postgres {

struct Migration {
  int number = 0;
  std::string_view name;  // of its file
  const char* sql = nullptr;
};
/// By number, 1, 2, 3…
std::span<const Migration> migrations();

}  // namespace starling::postgres
