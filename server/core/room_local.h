// A shard's replica of a room that its sessions are in: how far the shard has come in the log, and who listens. What
// only a few sessions need for a while stands aside.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/base/mutant.h"
#include "common/wire/frames.h"
#include "server/core/session.h"
#include "server/ports/store.h"

namespace starling::core {

/// A session that is behind: it gets what it lacks from the log, while what happens meanwhile only raises the goal.
struct CatchUp {
  std::uint32_t session = 0;
  Seq next;   // to be pushed
  Seq acked;  // by its Delivered; pushed is at most so much plus the credit
  Seq end;    // its user was removed by this event; none after it is for them. 0: a member
  Seq goal;   // how far the room was when it began; only a planted bug believes that this is still so
};

enum class SyncStep : std::uint8_t {
  Join,     // the home is asked whether the user is a member
  Verify,   // the store is asked for the head: the device claims to know more than this shard, or that may be behind
  Dispute,  // it knows another history: the home is asked for a new epoch
  Page,     // the log's hash at the cursor is read
  Window,   // the answer is a Reset: where the window begins is read
  Epoch,    // heads only, from another epoch: what the log expects next from the device is read
};
/// A Sync of one room that is not answered yet.
struct PendingSync {
  std::uint32_t session = 0;
  SyncStep step = SyncStep::Join;
  wire::SyncMode mode = wire::SyncMode::Full;
  wire::ResetReason reason = wire::ResetReason::None;
  bool device_read = false;
  bool confirmed = false;  // by the store: this shard has the whole log. Or nobody has asked: it goes on as the shard
  bool unasked = false;    // Join, of a quiet session whose user was removed: it may have been added again
  std::uint32_t read = 0;  // of the store, the one that counts: a later one replaces it. 0: it is not submitted yet
  wire::Cursor cursor;
  Seq floor;
  Seq start;       // Window
  Cseq next_cseq;  // when device_read
  Instant asked_at{};

  void again_from(SyncStep s) {
    step = s;
    confirmed = false;
  }
};
struct PendingHistory {
  std::uint32_t session = 0;
  wire::HistoryRequest request;
};

/// A page of history that the store is read for: once for all who want the same one meanwhile.
struct HistoryRange {
  Seq from;
  bool backward = false;
  std::uint32_t limit = 0;
  bool operator==(const HistoryRange&) const = default;
};
struct HistoryReader {
  ConnId conn;
  wire::HistoryRequest request;
  Seq head;  // when it asked: the page must not end before it for want of events
};
struct HistoryRead {
  std::uint32_t number = 0;
  HistoryRange range;
  bool outdated = false;  // something was said of older events meanwhile: not for who asks from now on
  bool whole = false;     // of the primary: it tells how far the log is
  std::vector<HistoryReader> readers;
};

/// A member from whom the room hides what was said before.
struct JoinedLate {
  UserId user;
  Seq visible_from;
};

struct LocalExtras {
  std::vector<CatchUp> catch_ups;
  std::vector<PendingSync> syncs;
  std::vector<PendingHistory> histories;  // until the home has said whether the user is a member
  std::vector<HistoryRead> history_reads;
  bool fetching = false;       // a gap is being mended
  bool asked_cache = false;    // for this gap
  bool reading_store = false;  // for a gap: waits for its turn, or is read
  bool retrying = false;       // a read of the store failed and will be tried again
  Instant fetched_at{};
  std::vector<JoinedLate> late;  // members who may not read from the beginning

  bool idle() const {
    return catch_ups.empty() && syncs.empty() && histories.empty() && history_reads.empty() && !fetching && !retrying;
  }
  bool empty() const { return idle() && late.empty(); }
};

struct RoomLocal {
  RoomId id;
  Seq last;  // delivered up to here
  Seq min_seq{1};
  std::uint64_t msg_no = 0;
  PrefixHash hash;  // the fold up to last
  Epoch epoch;
  bool ready = false;  // registered with the home; the position is known
  bool heads_dirty = false;
  bool moved : 1 = false;   // to another home, and not registered there yet
  bool unsure : 1 = false;  // whether this is the whole log: the home is new, or a loss was seen, and it has not spoken
  std::uint8_t idle_sweeps = 0;
  std::vector<std::uint32_t> live;   // sessions that get every event
  std::vector<std::uint32_t> quiet;  // sessions that get heads, or nothing
  std::unique_ptr<LocalExtras> extras;

  ports::Floor floor() const { return {.epoch = epoch, .seq = last}; }
  /// The oldest event that the member may read.
  Seq visible_from(UserId user) const {
    if (extras != nullptr && !mutant(Mutant::HistoryLeak)) {
      for (const JoinedLate& each : extras->late) {
        if (each.user == user) return std::max(min_seq, each.visible_from);
      }
    }
    return min_seq;
  }
  bool deserted() const { return live.empty() && quiet.empty() && (extras == nullptr || extras->idle()); }
};
static_assert(sizeof(RoomLocal) <= 112);

}  // namespace starling::core
