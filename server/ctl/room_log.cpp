#include "server/ctl/room_log.h"

#include <algorithm>
#include <utility>

#include "common/wire/event.h"
#include "server/ports/store.h"
#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/log_reader.h"
#include "server/store/sqlite/snapshot.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::ctl {
namespace {

/// As many events at a time as lie between two checkpoints: a few MB at the largest body.
constexpr std::uint64_t kStep = ports::kCheckpointEvery;

store::LogCheck check(store::Connection& connection, RoomId room) {
  store::LogReader reader(connection);
  store::Snapshot snapshot(connection);
  const store::RoomRow row = reader.room(room);
  // Where retention has cut the log, its fold begins at the checkpoint before the cut.
  const store::Checkpoint first = reader.checkpoint(room, row.min_seq.prev());
  store::LogFolder folder(first.seq, first.hash);
  while (folder.at() < row.head && folder.good()) {
    const Seq before = folder.at();
    const Seq to(std::min(row.head.value, before.value - before.value % kStep + kStep));
    for (const wire::Event& event : reader.events(room, before, to, snapshot)) folder.take(event);
    folder.end(to);
    const store::Checkpoint stored = reader.checkpoint(room, to);
    folder.compare(stored.seq, stored.hash);
  }
  return folder.result();
}

/// `read` gets a reader of the database; what it throws becomes an error.
template <class Read>
auto with_reader(const std::string& path, Read read)
    -> Result<decltype(read(std::declval<store::Connection&>())), std::string> {
  try {
    store::Connection connection({.path = path, .mode = store::Connection::Mode::ReadOnly, .busy_timeout_ms = 2000});
    return read(connection);
  } catch (const store::SqliteError& error) {
    return tl::unexpected(store::explain(error, path));
  }
}

}  // namespace

Result<store::LogCheck, std::string> check_log(const std::string& path, RoomId room) {
  return with_reader(path, [&](store::Connection& connection) { return check(connection, room); });
}

Result<std::vector<wire::Event>, std::string> last_events(const std::string& path, RoomId room, std::uint32_t count) {
  if (count == 0) return {};
  return with_reader(path, [&](store::Connection& connection) {
    return store::LogReader(connection)
        .page({.room = room, .backward = true, .limit = count, .bytes_max = UINT32_MAX})
        .events;
  });
}

}  // namespace starling::ctl
