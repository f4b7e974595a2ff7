#include "server/store/postgres/retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "common/wire/event.h"
#include "server/store/postgres/events.h"
#include "server/store/postgres/migrate.h"
#include "server/store/postgres/session.h"

namespace starling::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Only the room that is cut waits for a slice, and the standbys for what it writes.
constexpr std::uint64_t kSlice = 2048;
constexpr milliseconds kPause{25};

class Cutter {
 public:
  Cutter(Session& session, const store::RetentionPlan& plan) : session_(&session), plan_(plan) {}

  store::RetentionReport run() {
    std::vector<RoomId> rooms = plan_.rooms;
    if (rooms.empty()) {
      const Rows all = session_->ask("SELECT room_id FROM rooms");
      for (int i = 0; i < all.count(); ++i) rooms.push_back(all.as<RoomId>(i, 0));
    }
    for (const RoomId room : rooms) cut(room);
    return report_;
  }

 private:
  void cut(RoomId room) {
    const Rows row = session_->ask("SELECT min_seq, head FROM rooms WHERE room_id = $1::bigint", Params().add(room));
    if (row.empty())
      refuse(fmt::format("there is no room {}: starlingctl room list shows which there are", room.value));
    const auto min_seq = row.as<Seq>(0, 0);
    ++report_.rooms;
    // The newest event stays: a client that was told of a head has to find one there.
    const Seq first_kept = first_at_or_after(room, min_seq, row.as<Seq>(0, 1));
    if (first_kept <= min_seq) return;
    ++report_.rooms_cut;
    if (plan_.dry_run) {
      report_.events += first_kept.value - min_seq.value;
      return;
    }
    for (Seq at = min_seq; at < first_kept;) {
      const Seq to(std::min(first_kept.value, at.value + kSlice));
      slice(room, at, to);
      at = to;
    }
  }

  /// From the oldest on, for times may fall where a clock was wrong (server/ports/event_time.h): nothing younger is cut. In
  /// slices, so that no statement holds the server's oldest snapshot for long.
  Seq first_at_or_after(RoomId room, Seq min_seq, Seq head) {
    for (Seq at = min_seq; at < head; at = Seq(at.value + kSlice)) {
      const Rows young = session_->ask(
          "SELECT seq FROM events WHERE room_id = $1::bigint AND seq >= $2::bigint AND seq < $3::bigint AND "
          "ts >= $4::bigint ORDER BY seq LIMIT 1",
          Params().add(room).add(at).add(std::min(head.value, at.value + kSlice)).add(plan_.older_than));
      if (!young.empty()) return young.as<Seq>(0, 0);
    }
    return head;
  }

  void slice(RoomId room, Seq from, Seq to) {
    // Outside the transaction: what is committed does not change any more, but for texts that are erased.
    const PrefixHash hash = fold_to(room, to.prev());
    const auto began = steady_clock::now();
    session_->run("BEGIN");
    const Rows row =
        session_->ask("SELECT min_seq FROM rooms WHERE room_id = $1::bigint FOR UPDATE", Params().add(room));
    if (row.empty() || row.as<Seq>(0, 0) != from) {
      refuse(fmt::format("another process has cut room {} meanwhile: run this again", room.value));
    }
    const Rows gone = session_->ask(
        "WITH gone AS (DELETE FROM events WHERE room_id = $1::bigint AND seq < $2::bigint RETURNING 1) "
        "SELECT count(*) FROM gone",
        Params().add(room).add(to));
    report_.events += gone.u64(0, 0);
    session_->ask("INSERT INTO checkpoints VALUES ($1::bigint, $2::bigint, $3::bigint) ON CONFLICT DO NOTHING",
                  Params().add(room).add(to.prev()).add(hash));
    session_->ask("DELETE FROM checkpoints WHERE room_id = $1::bigint AND seq < $2::bigint",
                  Params().add(room).add(to.prev()));
    session_->ask("DELETE FROM pins WHERE room_id = $1::bigint AND seq < $2::bigint", Params().add(room).add(to));
    session_->ask("UPDATE rooms SET min_seq = $2::bigint WHERE room_id = $1::bigint", Params().add(room).add(to));
    session_->run("COMMIT");
    const auto held = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
    report_.longest_ms = std::max(report_.longest_ms, static_cast<std::uint64_t>(held.count()));
    ++report_.slices;
    std::this_thread::sleep_for(std::max(kPause, held));
  }

  PrefixHash fold_to(RoomId room, Seq seq) {
    Seq at;
    PrefixHash hash;
    const Rows newest = session_->ask(
        "SELECT seq, hash FROM checkpoints WHERE room_id = $1::bigint AND seq <= $2::bigint ORDER BY seq DESC LIMIT 1",
        Params().add(room).add(seq));
    if (!newest.empty()) {
      at = newest.as<Seq>(0, 0);
      hash = newest.as<PrefixHash>(0, 1);
    }
    while (at < seq) {
      // Without the bodies: their hashes stand for them.
      const Rows events = session_->ask(
          "SELECT seq, epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, target, thread, subject, role, "
          "body_hash, true, ''::bytea FROM events WHERE room_id = $1::bigint AND seq > $2::bigint AND seq <= "
          "$3::bigint "
          "ORDER BY seq LIMIT $4::bigint",
          Params().add(room).add(at).add(seq).add(kSlice));
      if (events.empty()) refuse(fmt::format("room {}: its log has no seq {}", room.value, at.next().value));
      for (int i = 0; i < events.count(); ++i) {
        const wire::Event event = event_of(events, i, 0, room);
        if (event.seq != at.next()) refuse(fmt::format("room {}: its log has no seq {}", room.value, at.next().value));
        hash = wire::fold(hash, event);
        at = event.seq;
      }
    }
    return hash;
  }

  Session* session_;
  const store::RetentionPlan& plan_;
  store::RetentionReport report_;
};

}  // namespace

Result<store::RetentionReport, std::string> cut_logs(const Databases& databases, const store::RetentionPlan& plan) {
  store::RetentionReport sum;
  try {
    for (const Database& database : databases.with_logs()) {
      store::RetentionPlan here = plan;
      std::erase_if(here.rooms, [&](RoomId room) { return databases.of(room).part != database.part; });
      if (here.rooms.empty() && !plan.rooms.empty()) continue;
      Session session(database.conninfo);
      check_current(session, database.part);
      // A slice is as slow as the disk. It is under a room's lock, so it may not stand still in its transaction for long.
      session.run("SET statement_timeout = 0");
      const store::RetentionReport report = Cutter(session, here).run();
      sum.rooms += report.rooms;
      sum.rooms_cut += report.rooms_cut;
      sum.events += report.events;
      sum.slices += report.slices;
      sum.longest_ms = std::max(sum.longest_ms, report.longest_ms);
    }
    return sum;
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error.text);
  }
}

}  // namespace starling::postgres
