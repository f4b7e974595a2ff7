#include "common/sqlite/sqlite.h"

#include "common/base/mutant.h"

namespace starling::sqlite {
namespace {

int flags_of(Connection::Mode mode) {
  constexpr int kAlways = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case Connection::Mode::Create:
      return kAlways | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Connection::Mode::ReadWrite:
    case Connection::Mode::ReadOnly:  // a WAL's readers write its index
      return kAlways | SQLITE_OPEN_READWRITE;
  }
  return kAlways;
}

}  // namespace

Connection::Connection(const Options& options) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(options.path.c_str(), &db, flags_of(options.mode),
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  db_.reset(db);
  if (code != SQLITE_OK) raise(code);
  sqlite3_busy_timeout(db, options.busy_timeout_ms);
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, kValueBytesMax);
  // The file is data, never code: no functions or views of a tampered schema run.
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  exec("PRAGMA cell_size_check = ON");
  exec("PRAGMA temp_store = MEMORY");
  exec(("PRAGMA cache_size = -" + std::to_string(options.cache_kib)).c_str());
  if (options.mode == Mode::ReadOnly) exec("PRAGMA query_only = ON");
}

void Connection::raise(int code) const {
  if (db_ == nullptr) throw SqliteError(SQLITE_NOMEM, "out of memory");
  throw SqliteError(code, sqlite3_errmsg(db_.get()));
}

void Connection::exec(const char* sql) {
  const int code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) raise(code);
}

std::int64_t Connection::number(const char* sql) {
  Statement statement(*this, sql);
  Rows rows = statement.query();
  return rows.next() ? rows.i64(0) : 0;
}

std::string Connection::text(const char* sql) {
  Statement statement(*this, sql);
  Rows rows = statement.query();
  return rows.next() ? std::string(rows.bytes(0)) : std::string();
}

void Connection::rollback() noexcept {
  if (in_transaction()) sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void make_durable(Connection& connection) {
  // A file system without shared memory does not fail here: it stays with another journal, and says so.
  if (connection.text("PRAGMA journal_mode = WAL") != "wal") {
    throw SqliteError(
        kExplained,
        "the file system below the database does not support SQLite's WAL mode (it needs shared memory and "
        "locks); put it on a local disk");
  }
  connection.exec(mutant(Mutant::SynchronousOff) ? "PRAGMA synchronous = OFF" : "PRAGMA synchronous = FULL");
  constexpr std::int64_t kFull = 2;
  if (connection.number("PRAGMA synchronous") != kFull && !mutant(Mutant::SynchronousOff)) {
    throw SqliteError(kExplained, "this SQLite does not sync its commits; build against another one");
  }
  connection.exec("PRAGMA wal_autocheckpoint = 0");
  // What a deletion erased is overwritten in the pages that are written anyway.
  connection.exec("PRAGMA secure_delete = FAST");
}

Rows::~Rows() {
  if (statement_->statement_ != nullptr) sqlite3_reset(statement_->statement_.get());
}

bool Rows::next() {
  const int code = sqlite3_step(statement_->statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) statement_->connection_->raise(code);
  return false;
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_->statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Rows::i64(int column) const { return sqlite3_column_int64(statement_->statement_.get(), column); }

std::string_view Rows::bytes(int column) const {
  sqlite3_stmt* statement = statement_->statement_.get();
  const void* data = sqlite3_column_blob(statement, column);
  const int size = sqlite3_column_bytes(statement, column);
  return data == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

Statement::Statement(Connection& connection, std::string_view sql) : connection_(&connection) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v3(connection.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &statement, nullptr));
  statement_.reset(statement);
}

Rows Statement::query_values(std::span<const Value> values) {
  int index = 0;
  for (const Value& value : values) {
    ++index;
    if (std::holds_alternative<std::monostate>(value)) check(sqlite3_bind_null(statement_.get(), index));
    if (const auto* number = std::get_if<std::int64_t>(&value)) bind(index, *number);
    if (const auto* text = std::get_if<std::string_view>(&value)) bind(index, *text);
    if (const auto* blob = std::get_if<Blob>(&value)) bind(index, *blob);
  }
  return Rows(*this);
}

// A null pointer would be bound as NULL, and SQLite must not free or copy what is only lent.
void Statement::bind(int index, const Blob& blob) {
  check(sqlite3_bind_blob64(statement_.get(), index, blob.bytes.empty() ? "" : blob.bytes.data(), blob.bytes.size(),
                            nullptr));
}
void Statement::bind(int index, std::string_view text) {
  check(
      sqlite3_bind_text64(statement_.get(), index, text.empty() ? "" : text.data(), text.size(), nullptr, SQLITE_UTF8));
}

Savepoint::Savepoint(SavepointStatements& statements) : statements_(&statements) { statements.begin.run(); }

Savepoint::~Savepoint() {
  if (!open_ || !statements_->owner->in_transaction()) return;
  // After an error that ended the transaction there is nothing to undo, and an error here leaves that to its owner.
  try {
    statements_->undo.run();
    statements_->release.run();
  } catch (const SqliteError&) {
    statements_->owner->rollback();
  }
}

void Savepoint::release() {
  statements_->release.run();
  open_ = false;
}

}  // namespace starling::sqlite
