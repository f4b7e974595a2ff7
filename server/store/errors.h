// What SQLite's result codes mean for the store. Inside this module they travel as exceptions; they stop at its edge.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace starling::store {

class SqliteError : public std::runtime_error {
 public:
  SqliteError(int code, const std::string& text) : std::runtime_error(text), code_(code) {}
  /// Extended.
  int code() const { return code_; }

 private:
  int code_;
};

/// An error whose text already says everything: no code of SQLite's.
inline constexpr int kExplained = -1;

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
