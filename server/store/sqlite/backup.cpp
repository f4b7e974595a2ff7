#include "server/store/sqlite/backup.h"

#include <filesystem>
#include <memory>
#include <utility>

#include "server/store/sqlite/copy.h"
#include "server/store/sqlite/data_dir.h"
#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/folder.h"
#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/raise_epochs.h"
#include "server/store/sqlite/sqlite.h"
#include "server/store/sqlite/verify.h"

namespace starling::store {
namespace {

namespace fs = std::filesystem;

constexpr int kBusyTimeoutMs = 5000;

Connection open(const std::string& path, Connection::Mode mode) {
  return Connection({.path = path, .mode = mode, .busy_timeout_ms = kBusyTimeoutMs});
}

void remove_database(const std::string& path) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(path + suffix, ignored);
}

/// Keeps the old database under another name too, so that its own is never without a file: a server that started then
/// would begin an empty one.
std::string keep_aside(const std::string& path) {
  std::string kept = path + ".before-restore";
  for (int n = 2; fs::exists(kept); ++n) kept = path + ".before-restore." + std::to_string(n);
  fs::create_hard_link(path, kept);
  // Left by a server that was killed, of a file that cannot be read; of any other it is empty by now. It must not stay
  // beside the new file. Between here and the end of the restore the draft keeps a server from starting.
  if (fs::exists(path + "-wal")) fs::rename(path + "-wal", kept + "-wal");
  fs::remove(path + "-shm");
  return kept;
}

bool unreadable(int code) { return (code & 0xFF) == SQLITE_NOTADB || (code & 0xFF) == SQLITE_CORRUPT; }

/// The old file with its WAL moved into it; nothing when it cannot be read. Where it could be, but not now, that is an
/// error: what its WAL holds would be gone.
std::unique_ptr<Connection> open_old(const std::string& path) {
  try {
    auto old = std::make_unique<Connection>(open(path, Connection::Mode::ReadWrite));
    old->number("PRAGMA user_version");  // what cannot be read is not touched either
    const int code = sqlite3_wal_checkpoint_v2(old->get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK) old->raise(code);
    check_schema(*old, path);
    return old;
  } catch (const SqliteError& error) {
    if (error.code() == kExplained || unreadable(error.code())) return nullptr;
    throw SqliteError(kExplained, "nothing is replaced: " + explain(error, path));
  }
}

/// A copy of the backup, of the present schema, that is what its own numbers say.
BackupReport copy_backup(const std::string& from, const std::string& draft) {
  try {
    Connection source = open(from, Connection::Mode::ReadOnly);
    if (source.number("PRAGMA user_version") == 0) throw SqliteError(kExplained, from + " is no backup");
    copy_database(source, draft);
    Connection copy = open(draft, Connection::Mode::ReadWrite);
    migrate(copy, from);  // it may be from before an upgrade
    return verify(copy, from);
  } catch (const SqliteError& error) {
    if (!unreadable(error.code()) && (error.code() & 0xFF) != SQLITE_ERROR) throw;
    throw SqliteError(kExplained,
                      from + " cannot be restored: it is not a SQLite database, or a damaged one; use another backup");
  }
}

RestoreReport put_in_place(const std::string& from, const std::string& path) {
  const auto lock = DataDir::open(folder_of(path));
  if (!lock) throw SqliteError(kExplained, lock.error());
  const std::string draft = draft_of(path);
  remove_database(draft);
  RestoreReport report;
  const bool replaces = fs::exists(path);
  {
    const BackupReport verified = copy_backup(from, draft);
    report.rooms = verified.rooms;
    report.events = verified.events;
    Connection restored = open(draft, Connection::Mode::ReadWrite);
    const auto old = replaces ? open_old(path) : nullptr;
    raise_epochs(restored, {.connection = old.get(), .unreadable = replaces && old == nullptr});
  }
  if (replaces) report.kept = keep_aside(path);
  fs::rename(draft, path);
  sync_folder(folder_of(path));
  return report;
}

}  // namespace

std::string draft_of(const std::string& path) { return path + ".restoring"; }

Result<BackupReport, std::string> verify(const std::string& path) {
  try {
    Connection connection = open(path, Connection::Mode::ReadOnly);
    return verify(connection, path);
  } catch (const SqliteError& error) {
    return tl::unexpected(explain(error, path));
  }
}

Result<BackupReport, std::string> backup(const std::string& path, const std::string& to) {
  const std::string draft = to + ".part";
  remove_database(draft);
  try {
    {
      Connection source = open_current(path, Connection::Mode::ReadOnly, kBusyTimeoutMs);
      copy_database(source, draft);
    }
    auto report = verify(draft);
    if (!report) {
      remove_database(draft);
      return report;
    }
    fs::rename(draft, to);
    sync_folder(folder_of(to));
    return report;
  } catch (const SqliteError& error) {
    remove_database(draft);
    return tl::unexpected(explain(error, path));
  } catch (const fs::filesystem_error& error) {
    remove_database(draft);
    return tl::unexpected(std::string("cannot put the backup in place: ") + error.what());
  }
}

Result<RestoreReport, std::string> restore(const std::string& from, const std::string& path) {
  try {
    return put_in_place(from, path);
  } catch (const SqliteError& error) {
    remove_database(draft_of(path));
    return tl::unexpected(explain(error, path));
  } catch (const fs::filesystem_error& error) {
    remove_database(draft_of(path));
    return tl::unexpected(std::string("cannot put the backup in place: ") + error.what());
  }
}

}  // namespace starling::store
