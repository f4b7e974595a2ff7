#include "server/store/backup.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "server/store/copy.h"
#include "server/store/migrate.h"
#include "server/store/raise_epochs.h"
#include "server/store/sqlite.h"
#include "server/store/verify.h"

namespace starling::store {
namespace {

namespace fs = std::filesystem;

constexpr int kBusyTimeoutMs = 5000;

Connection open(const std::string& path, Connection::Mode mode) {
  return Connection({.path = path, .mode = mode, .busy_timeout_ms = kBusyTimeoutMs});
}

std::string folder_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

void sync_folder(const std::string& path) {
  const int fd = ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

void remove_database(const std::string& path) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(path + suffix, ignored);
}

/// The lock that a server holds on its data directory while it runs.
class FolderLock {
 public:
  explicit FolderLock(const std::string& path)
      : fd_(::open((folder_of(path) + "/starlingd.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (fd_ < 0) {
      throw SqliteError(kExplained, "cannot write to " + folder_of(path) + "; run as the user that owns it");
    }
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      ::close(fd_);
      throw SqliteError(kExplained, "a server is running on " + folder_of(path) + "; stop it first");
    }
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() { ::close(fd_); }

 private:
  int fd_;
};

/// Moves the old database aside, so that the name is never without a file: a server that started then would begin an
/// empty one.
std::string keep_aside(const std::string& path) {
  std::string kept = path + ".before-restore";
  for (int n = 2; fs::exists(kept); ++n) kept = path + ".before-restore." + std::to_string(n);
  fs::create_hard_link(path, kept);
  // Left by a server that was killed, when even opening the file failed.
  std::error_code none;
  fs::rename(path + "-wal", kept + "-wal", none);
  fs::remove(path + "-shm", none);
  return kept;
}

/// What the old file used, when it can still be read; its WAL ends up in it.
std::unique_ptr<Connection> open_old(const std::string& path) {
  try {
    auto old = std::make_unique<Connection>(open(path, Connection::Mode::ReadWrite));
    check_schema(*old, path);
    sqlite3_wal_checkpoint_v2(old->get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    return old;
  } catch (const SqliteError&) {
    return nullptr;
  }
}

RestoreReport put_in_place(const std::string& from, const std::string& path) {
  const FolderLock lock(path);
  const std::string draft = path + ".restoring";
  remove_database(draft);
  RestoreReport report;
  const bool replaces = fs::exists(path);
  {
    Connection source = open(from, Connection::Mode::ReadOnly);
    copy_database(source, draft);
    Connection restored = open(draft, Connection::Mode::ReadWrite);
    migrate(restored, draft);
    const auto old = replaces ? open_old(path) : nullptr;
    raise_epochs(restored, {.connection = old.get(), .unreadable = replaces && old == nullptr});
  }
  if (replaces) report.kept = keep_aside(path);
  fs::rename(draft, path);
  sync_folder(path);
  return report;
}

}  // namespace

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
      Connection source = open(path, Connection::Mode::ReadOnly);
      check_schema(source, path);
      copy_database(source, draft);
    }
    auto report = verify(draft);
    if (!report) {
      remove_database(draft);
      return report;
    }
    fs::rename(draft, to);
    sync_folder(to);
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
  const auto verified = verify(from);
  if (!verified) return tl::unexpected(verified.error());
  try {
    RestoreReport report = put_in_place(from, path);
    report.rooms = verified->rooms;
    report.events = verified->events;
    return report;
  } catch (const SqliteError& error) {
    remove_database(path + ".restoring");
    return tl::unexpected(explain(error, path));
  } catch (const fs::filesystem_error& error) {
    remove_database(path + ".restoring");
    return tl::unexpected(std::string("cannot put the backup in place: ") + error.what());
  }
}

}  // namespace starling::store
