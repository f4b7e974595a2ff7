#include "server/store/sqlite/retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/limits.h"
#include "server/store/sqlite/log_reader.h"
#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/snapshot.h"

namespace starling::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kBusyTimeoutMs = 5000;
/// A slice's goal, its fsync included. A server's commit that meets one polls for the lock after 1, 3, 8, 18 and 33 ms:
/// within the pause that follows.
constexpr milliseconds kSliceGoal{20};
constexpr milliseconds kPauseMin{25};
constexpr std::uint64_t kSliceMin = 64;
constexpr std::uint64_t kSliceMax = 16'384;
constexpr std::uint64_t kLookAtOnce = 16'384;
/// Slices between two moves of the WAL, for when no server does it.
constexpr std::uint64_t kSlicesPerCheckpoint = 64;

class Cutter {
 public:
  Cutter(Connection& connection, std::string path, const RetentionPlan& plan)
      : connection_(&connection),
        path_(std::move(path)),
        plan_(plan),
        log_(connection),
        times_(connection, "SELECT seq, ts FROM events WHERE room_id = ? AND seq >= ? ORDER BY seq LIMIT ?"),
        begin_(connection, "BEGIN IMMEDIATE"),
        end_(connection, "COMMIT"),
        min_seq_(connection, "SELECT min_seq FROM rooms WHERE room_id = ?"),
        drop_events_(connection, "DELETE FROM events WHERE room_id = ? AND seq < ?"),
        drop_checkpoints_(connection, "DELETE FROM checkpoints WHERE room_id = ? AND seq < ?"),
        keep_fold_(connection, "INSERT INTO checkpoints (room_id, seq, hash) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"),
        drop_pins_(connection, "DELETE FROM pins WHERE room_id = ? AND seq < ?"),
        move_(connection, "UPDATE rooms SET min_seq = ? WHERE room_id = ?") {}

  RetentionReport run() {
    std::vector<RoomId> rooms = plan_.rooms;
    if (rooms.empty()) {
      Statement all(*connection_, "SELECT room_id FROM rooms");
      for (Rows rows = all.query(); rows.next();) rooms.push_back(rows.as<RoomId>(0));
    }
    for (const RoomId room : rooms) cut(room);
    return report_;
  }

 private:
  void cut(RoomId room) {
    const RoomRow row = log_.room(room);
    if (!row.exists) {
      throw SqliteError(kExplained,
                        fmt::format("there is no room {}: starlingctl room list shows which there are", room.value));
    }
    ++report_.rooms;
    // The newest event stays: a client that was told of a head has to find one there.
    const Seq first_kept = std::min(first_at_or_after(room, row), row.head);
    if (first_kept <= row.min_seq) return;
    ++report_.rooms_cut;
    if (plan_.dry_run) {
      report_.events += first_kept.value - row.min_seq.value;
      return;
    }
    for (Seq at = row.min_seq; at < first_kept;) {
      const Seq to(std::min(first_kept.value, at.value + slice_));
      slice(room, at, to);
      at = to;
    }
  }

  /// From the oldest on, for times may fall where a clock was wrong (server/ports/event_time.h): nothing younger is cut.
  Seq first_at_or_after(RoomId room, const RoomRow& row) {
    for (Seq next = row.min_seq; next <= row.head;) {
      Rows rows = times_.query(room, next, kLookAtOnce);
      for (const Seq end(next.value + kLookAtOnce); next < end && next <= row.head; next = next.next()) {
        if (!rows.next() || rows.as<Seq>(0) != next) damaged(room, fmt::format("its log has no seq {}", next.value));
        if (wall_from_ms(rows.i64(1)) >= plan_.older_than) return next;
      }
    }
    return row.head.next();
  }

  void slice(RoomId room, Seq from, Seq to) {
    const Seq base = to.prev();
    // Outside the transaction: what is committed does not change any more, but for texts that are erased.
    PrefixHash hash;
    {
      Snapshot snapshot(*connection_);
      hash = log_.fold_to(room, base, snapshot);
    }
    const auto began = steady_clock::now();
    begin_.run();
    if (Rows rows = min_seq_.query(room); !rows.next() || rows.as<Seq>(0) != from) {
      throw SqliteError(kExplained,
                        fmt::format("another process has cut room {} meanwhile: run this again", room.value));
    }
    drop_events_.run(room, to);
    report_.events += static_cast<std::uint64_t>(sqlite3_changes64(connection_->get()));
    keep_fold_.run(room, base, hash);
    drop_checkpoints_.run(room, base);
    drop_pins_.run(room, to);
    move_.run(to, room);
    end_.run();
    const auto held = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
    report_.longest_ms = std::max(report_.longest_ms, static_cast<std::uint64_t>(held.count()));
    if (++report_.slices % kSlicesPerCheckpoint == 0) {
      sqlite3_wal_checkpoint_v2(connection_->get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    }
    slice_ = std::clamp(held > kSliceGoal ? slice_ / 2 : slice_ + slice_ / 4, kSliceMin, kSliceMax);
    std::this_thread::sleep_for(std::max(kPauseMin, held));
  }

  [[noreturn]] void damaged(RoomId room, const std::string& what) const {
    throw SqliteError(kExplained,
                      fmt::format("{} is damaged: room {}: {}; put a backup in place with starlingctl restore", path_,
                                  room.value, what));
  }

  Connection* connection_;
  std::string path_;
  RetentionPlan plan_;
  LogReader log_;
  Statement times_;
  Statement begin_;
  Statement end_;
  Statement min_seq_;
  Statement drop_events_;
  Statement drop_checkpoints_;
  Statement keep_fold_;
  Statement drop_pins_;
  Statement move_;
  std::uint64_t slice_ = 512;
  RetentionReport report_;
};

}  // namespace

Result<RetentionReport, std::string> cut_logs(const std::string& path, const RetentionPlan& plan) {
  try {
    Connection connection = open_current(path, Connection::Mode::ReadWrite, kBusyTimeoutMs);
    make_durable(connection);
    return Cutter(connection, path, plan).run();
  } catch (const SqliteError& error) {
    return tl::unexpected(explain(error, path));
  }
}

}  // namespace starling::store
