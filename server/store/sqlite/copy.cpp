#include "server/store/sqlite/copy.h"

namespace starling::store {

void copy_database(Connection& source, const std::string& to) {
  Connection target({.path = to, .mode = Connection::Mode::Create});
  sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (backup == nullptr) target.raise(sqlite3_errcode(target.get()));
  // In one step: between two of them a commit of another process would start the copy over.
  sqlite3_backup_step(backup, -1);
  const int code = sqlite3_backup_finish(backup);
  if (code != SQLITE_OK) target.raise(code);
  // A backup is one file, and looking at it leaves no others behind.
  target.exec("PRAGMA journal_mode = DELETE");
}

}  // namespace starling::store
