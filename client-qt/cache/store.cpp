#include "client-qt/cache/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client-qt/cache/schema.h"

namespace starling::qt {
namespace {

/// The refresh token lies in it: nobody else reads it, from its first byte on.
void make_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return;  // opening the database says why
  ::fchmod(file, 0600);
  ::close(file);
}

sqlite::Connection open(const std::string& path) {
  make_private(path);
  return sqlite::Connection(
      {.path = path, .mode = sqlite::Connection::Mode::Create, .busy_timeout_ms = 0, .cache_kib = 4096});
}

}  // namespace

Store::Hot::Hot(sqlite::Connection& connection)
    : put_event(connection,
                "INSERT OR REPLACE INTO event(room, seq, epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, "
                "target, subject, role, erased_hash, thread, body) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"),
      put_state(
          connection,
          "INSERT INTO room(room, epoch, seq, hash, floor, last_cseq, mode, member) VALUES (?,?,?,?,?,?,?,?) "
          "ON CONFLICT(room) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, hash = excluded.hash, "
          "floor = excluded.floor, last_cseq = excluded.last_cseq, mode = excluded.mode, member = excluded.member"),
      put_mention(connection, "INSERT OR IGNORE INTO mention(room, seq) VALUES (?, ?)"),
      grow_run(connection, "UPDATE room SET contiguous_from = ? WHERE room = ? AND contiguous_from = 0") {}

Store::Store(const std::string& path) : connection_(open(path)) {
  // Before anything is read: then the WAL's index needs no shared memory, and no second program gets in.
  connection_.exec("PRAGMA locking_mode = EXCLUSIVE");
  sqlite::make_durable(connection_);
  connection_.exec("PRAGMA wal_autocheckpoint = 1000");
  migrate(connection_);
  hot_.emplace(connection_);
  const auto known = account();
  if (const auto at = known.find("user"); at != known.end()) user_ = UserId(std::stoull(at->second));
}

void Store::apply(const std::vector<Batch>& batches) {
  connection_.exec("BEGIN IMMEDIATE");
  try {
    for (const Batch& batch : batches) {
      for (const CacheOp& op : batch.ops) std::visit([this](const auto& each) { run(each); }, op);
    }
    connection_.exec("COMMIT");
  } catch (const sqlite::SqliteError&) {
    connection_.rollback();
    throw;
  }
}

Snapshot Store::snapshot() {
  Snapshot out;
  out.account = account();
  const auto number = [&](const char* key) -> std::uint64_t {
    const auto at = out.account.find(key);
    return at == out.account.end() ? 0 : std::stoull(at->second);
  };
  out.device = DeviceId(number("device"));
  out.user = UserId(number("user"));
  out.rooms_version = number("rooms_version");
  out.items_version = number("items_version");
  out.rooms = rooms();
  out.outbox = outbox();
  out.refused = refused();
  out.profiles = profiles();
  out.items = items();
  return out;
}

}  // namespace starling::qt
