#include "server/store/sqlite/verify.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "server/store/sqlite/event_rows.h"
#include "server/store/sqlite/log_reader.h"
#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/snapshot.h"

namespace starling::store {
namespace {

class LogProof {
 public:
  LogProof(Connection& connection, std::string path)
      : path_(std::move(path)),
        log_(connection),
        events_(connection, "SELECT " STARLING_EVENT_COLUMNS " FROM events WHERE room_id = ? ORDER BY seq"),
        checkpoints_(connection, "SELECT seq, hash FROM checkpoints WHERE room_id = ?") {}

  /// The number of events.
  std::uint64_t prove(RoomId room) {
    const RoomRow row = log_.room(room);
    std::map<Seq, PrefixHash> expected = checkpoints(room);
    const Seq base = row.min_seq.prev();
    PrefixHash hash;
    if (base) {
      if (!expected.contains(base)) wrong(room, "its log was cut without a checkpoint");
      hash = expected.at(base);
      expected.erase(expected.begin(), expected.upper_bound(base));
    }
    Seq at = base;
    std::uint64_t msg_no = row.msg_no;
    Rows rows = events_.query(room);
    while (rows.next()) {
      const wire::Event event = hashed_event_of(rows, room);
      if (event.seq != at.next()) wrong(room, fmt::format("its log has no seq {}", at.next().value));
      at = event.seq;
      hash = wire::fold(hash, event);
      msg_no = event.msg_no;
      const auto checkpoint = expected.find(at);
      if (checkpoint == expected.end()) continue;
      if (checkpoint->second != hash) wrong(room, fmt::format("its checkpoint at seq {} is not the log's", at.value));
      expected.erase(checkpoint);
    }
    if (at != row.head) wrong(room, fmt::format("its log ends at seq {}, its head is {}", at.value, row.head.value));
    if (msg_no != row.msg_no) wrong(room, "its count of messages is not the log's");
    if (!expected.empty()) wrong(room, "it has a checkpoint beyond its head");
    return at.value - base.value;
  }

 private:
  std::map<Seq, PrefixHash> checkpoints(RoomId room) {
    std::map<Seq, PrefixHash> all;
    Rows rows = checkpoints_.query(room);
    while (rows.next()) all.emplace(rows.as<Seq>(0), rows.as<PrefixHash>(1));
    return all;
  }

  [[noreturn]] void wrong(RoomId room, const std::string& what) const {
    throw SqliteError(kExplained,
                      fmt::format("{} is damaged: room {}: {}; use another backup", path_, room.value, what));
  }

  std::string path_;
  LogReader log_;
  Statement events_;
  Statement checkpoints_;
};

void check_pages(Connection& connection, const std::string& path) {
  Statement check(connection, "PRAGMA integrity_check(1)");
  Rows rows = check.query();
  const std::string verdict = rows.next() ? std::string(rows.bytes(0)) : "no answer";
  if (verdict == "ok") return;
  throw SqliteError(kExplained, fmt::format("{} is damaged: {}; use another backup", path, verdict));
}

}  // namespace

BackupReport verify(Connection& connection, const std::string& path) {
  check_schema(connection, path);
  check_pages(connection, path);
  const Snapshot snapshot(connection);
  BackupReport report;
  report.bytes =
      static_cast<std::uint64_t>(connection.number("PRAGMA page_count") * connection.number("PRAGMA page_size"));
  LogProof proof(connection, path);
  Statement rooms(connection, "SELECT room_id FROM rooms");
  Rows rows = rooms.query();
  for (; rows.next(); ++report.rooms) report.events += proof.prove(rows.as<RoomId>(0));
  const auto all = static_cast<std::uint64_t>(connection.number("SELECT count(*) FROM events"));
  if (all == report.events) return report;
  throw SqliteError(kExplained, fmt::format("{} is damaged: it holds events of no room; use another backup", path));
}

}  // namespace starling::store
