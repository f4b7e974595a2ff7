#include "server/store/sqlite/errors.h"

#include <fmt/format.h>

namespace starling::store {

Fault fault_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return Fault::Refused;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
    case SQLITE_NOMEM:
    case SQLITE_SCHEMA:
      return Fault::Busy;
    case SQLITE_FULL:
      return Fault::Full;
    default:
      break;
  }
  // Reported when an allocation fails below the pager; the disk is not involved.
  return code == SQLITE_IOERR_NOMEM ? Fault::Busy : Fault::Fatal;
}

bool is_lock(int code) { return (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED; }

std::string explain(const SqliteError& error, const std::string& path) {
  const char* text = error.what();
  if (error.code() == kExplained) return text;
  switch (error.code() & 0xFF) {
    case SQLITE_NOTADB:
      return fmt::format("{} is not a SQLite database; move it away, or set the store's path to another file", path);
    case SQLITE_CORRUPT:
      return fmt::format("the database {} is damaged ({}); put a backup in place with starlingctl restore", path, text);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fmt::format("the database {} is locked by another process; stop it (fuser {} names it)", path, path);
    case SQLITE_FULL:
      return fmt::format("no space is left for the database {}; free some, nothing acknowledged is lost", path);
    case SQLITE_CANTOPEN:
      return fmt::format("cannot open the database {} ({}); check that its directory exists and that this user owns it",
                         path, text);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return fmt::format("cannot write to the database {} ({}); check its owner, and that nobody moved it", path, text);
    case SQLITE_IOERR:
      return fmt::format("the disk below {} failed ({}); check it (dmesg), then start again", path, text);
    default:
      return fmt::format("the database {} failed: {} (SQLite code {})", path, text, error.code());
  }
}

}  // namespace starling::store
