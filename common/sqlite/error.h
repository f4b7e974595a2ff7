// SQLite's result codes as exceptions: they travel within the module that uses a connection, and stop at its edge.
#pragma once

#include <sqlite3.h>

#include <stdexcept>
#include <string>

namespace starling::sqlite {

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

}  // namespace starling::sqlite
