// A connection, its prepared statements and their rows. Everything throws SqliteError.
#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/sqlite/error.h"

namespace starling::sqlite {

/// Longest text or blob: far above what anybody stores, far below what a tampered file could ask memory for.
inline constexpr int kValueBytesMax = 1 << 20;

/// Owner: one thread at a time.
class Connection {
 public:
  enum class Mode : std::uint8_t {
    Create,     // read and write; made when absent
    ReadWrite,  // it has to exist
    ReadOnly,   // it has to exist; its WAL is read too
  };
  struct Options {
    std::string path;
    std::string vfs;  // empty: SQLite's default
    Mode mode = Mode::ReadWrite;
    int busy_timeout_ms = 0;
    int cache_kib = 2048;
  };
  explicit Connection(const Options& options);

  void exec(const char* sql);
  std::int64_t number(const char* sql);  // the first column of the first row; 0 when there is none
  std::string text(const char* sql);     // likewise; empty when there is none
  bool in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }
  /// Whatever state an error left the transaction in.
  void rollback() noexcept;
  [[noreturn]] void raise(int code) const;
  sqlite3* get() const { return db_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  std::unique_ptr<sqlite3, Close> db_;
};

/// Durable commits: WAL, FULL; checkpoints are the checkpointer's.
void make_durable(Connection& connection);

class Statement;

struct Blob {
  std::string_view bytes;
};
/// For statements whose parameters are known at run time only. monostate: NULL.
using Value = std::variant<std::monostate, std::int64_t, std::string_view, Blob>;

/// The rows of one execution; at its end the statement is free again.
class Rows {
 public:
  explicit Rows(Statement& statement) : statement_(&statement) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();

  bool next();
  bool is_null(int column) const;
  std::int64_t i64(int column) const;
  std::uint64_t u64(int column) const { return static_cast<std::uint64_t>(i64(column)); }
  /// Until the next row.
  std::string_view bytes(int column) const;
  template <class T>
  T as(int column) const {
    if constexpr (std::is_enum_v<T>) {
      return static_cast<T>(i64(column));
    } else {
      return T(static_cast<typename T::rep>(i64(column)));
    }
  }

 private:
  Statement* statement_;
};

class Statement {
 public:
  Statement(Connection& connection, std::string_view sql);

  /// Binds in order. Text and blobs must outlive the rows.
  template <class... Values>
  Rows query(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return Rows(*this);
  }
  Rows query_values(std::span<const Value> values);
  template <class... Values>
  void run(const Values&... values) {
    Rows rows = query(values...);
    while (rows.next()) {
    }
  }

 private:
  friend class Rows;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  template <std::integral Number>
  void bind(int index, Number value) {
    check(sqlite3_bind_int64(statement_.get(), index, static_cast<sqlite3_int64>(value)));
  }
  template <class Tag, class Rep>
  void bind(int index, Id<Tag, Rep> id) {
    bind(index, id.value);
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void bind(int index, Enum value) {
    bind(index, static_cast<std::underlying_type_t<Enum>>(value));
  }
  void bind(int index, WallTime time) { bind(index, to_ms(time)); }
  void bind(int index, const Blob& blob);
  void bind(int index, std::string_view text);
  void bind(int index, const std::string& text) { bind(index, std::string_view(text)); }

  void check(int code) const {
    if (code != SQLITE_OK) connection_->raise(code);
  }

  Connection* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Statements of nested transactions, prepared once.
struct SavepointStatements {
  explicit SavepointStatements(Connection& connection)
      : begin(connection, "SAVEPOINT step"),
        release(connection, "RELEASE step"),
        undo(connection, "ROLLBACK TO step"),
        owner(&connection) {}
  Statement begin;
  Statement release;
  Statement undo;
  Connection* owner;
};

/// Undone unless `release` was reached.
class Savepoint {
 public:
  explicit Savepoint(SavepointStatements& statements);
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  ~Savepoint();
  void release();

 private:
  SavepointStatements* statements_;
  bool open_ = true;
};

}  // namespace starling::sqlite
