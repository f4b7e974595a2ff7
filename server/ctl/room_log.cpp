#include "server/ctl/room_log.h"

#include <fmt/format.h>

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

class Folder {
 public:
  explicit Folder(const store::Checkpoint& from) : at_(from.seq), check_{.hash = from.hash} {}

  Seq at() const { return at_; }
  /// False at a hole.
  bool take(const wire::Event& event) {
    if (event.seq != at_.next()) {
      check_.fault = fmt::format("event {} is missing", at_.next().value);
      return false;
    }
    check_.hash = wire::fold(check_.hash, event);
    ++check_.events;
    at_ = event.seq;
    return true;
  }
  /// `stored` is the newest checkpoint at or below where the fold is.
  void compare(const store::Checkpoint& stored) {
    if (stored.seq != at_ || !stored.seq) return;
    ++check_.checkpoints;
    if (stored.hash != check_.hash) check_.fault = fmt::format("the checkpoint at {} is not the log's fold", at_.value);
  }
  void missing_tail(Seq head) {
    check_.fault = fmt::format("events {} to {} are missing", at_.next().value, head.value);
  }
  bool good() const { return check_.good(); }
  LogCheck result() const { return check_; }

 private:
  Seq at_;
  LogCheck check_;
};

LogCheck check(store::Connection& connection, RoomId room) {
  store::LogReader reader(connection);
  store::Snapshot snapshot(connection);
  const store::RoomRow row = reader.room(room);
  // Where retention has cut the log, its fold begins at the checkpoint before the cut.
  Folder folder(reader.checkpoint(room, row.min_seq.prev()));
  while (folder.at() < row.head && folder.good()) {
    const Seq before = folder.at();
    const Seq to(std::min(row.head.value, before.value - before.value % kStep + kStep));
    for (const wire::Event& event : reader.events(room, before, to, snapshot)) {
      if (!folder.take(event)) break;
    }
    if (!folder.good()) break;
    if (folder.at() < to) {
      folder.missing_tail(to);
      break;
    }
    folder.compare(reader.checkpoint(room, to));
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

Result<LogCheck, std::string> check_log(const std::string& path, RoomId room) {
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
