// What SQLite's result codes mean for the store. Inside this module they travel as exceptions; they stop at its edge.
#pragma once

#include <cstdint>
#include <string>

#include "server/store/sqlite/sqlite.h"

namespace starling::store {

enum class Fault : std::uint8_t {
  Refused,  // this row or value, whatever else goes on
  Busy,     // another process holds the database, or memory is short: later
  Full,     // no space: later
  Fatal,    // the file or the disk cannot be trusted any more
};
Fault fault_of(int code);
/// Of another process: it passes when that one ends.
bool is_lock(int code);

/// What happened to `path`, and what to do about it, for an operator.
std::string explain(const SqliteError& error, const std::string& path);

}  // namespace starling::store
