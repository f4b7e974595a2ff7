// Messages that the log has not answered yet: per room strictly first in, first out, with cseq 1, 2, 3… and at most
// limits::kInFlightPerRoomMax awaiting their answer. Takes no memory when it is empty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/base/rng.h"
#include "common/base/time.h"
#include "common/client/retry_budget.h"
#include "common/wire/frames.h"

namespace starling::client {

struct OutboxEntry {
  wire::Send send;
  std::uint64_t put_token = 0;  // of the Persist that stores it; it is not sent before that is durable
  Instant sent_at = kNever;     // of the attempt that awaits its answer
  bool attempted = false;

  bool in_flight() const { return sent_at != kNever; }
};

class Outbox {
 public:
  enum class Verdict : std::uint8_t {
    Ignored,     // for nothing that waits here
    Settled,     // final: `settled` has left the outbox
    Retry,       // goes again by itself
    StaleEpoch,  // the room must be synced first
    Behind,      // the log expects a cseq from before the oldest entry: renumber from `expected`
    Conflict,    // the device was cloned; the entry stays
  };
  struct Answer {
    Verdict verdict = Verdict::Ignored;
    OutboxEntry settled;
  };
  struct Change {
    ClientMsgId client_msg_id;
    Cseq from;
  };

  bool empty() const { return queues_ == nullptr; }
  std::size_t size() const;
  std::span<const OutboxEntry> entries(RoomId room) const;
  std::size_t in_flight(RoomId room) const;
  bool any_in_flight() const;
  /// True when the log may have taken one of them, or take it yet, in that epoch.
  bool attempted_in(RoomId room, Epoch epoch) const;
  /// Until when the room's sends wait because the log is busy, or too much was repeated; long ago: they do not.
  Instant held_until(RoomId room) const;

  void add(wire::Send send, std::uint64_t put_token);
  /// Entries that were stored by an earlier run may have been sent by it.
  void restore(wire::Send send);

  /// This one has been settled, and storage has it until this Persist is durable.
  void settled(RoomId room, Cseq cseq, std::uint64_t removal_token, std::uint64_t persisted);

  /// Appends what may be sent now; returns how many of them are repeats. Pre: connected, and the room's epoch is known.
  std::size_t next_frames(RoomId room, Epoch epoch, std::uint64_t persisted, Instant now,
                          std::vector<wire::ClientFrame>& frames);
  Answer on_result(const wire::SendResult& result, Instant now, Rng& rng);
  /// Nothing is in flight any more; everything goes again, in order.
  void connection_lost();
  /// Gives up on answers that are overdue.
  void on_time(Instant now);
  /// When on_time or next_frames has something to do.
  Instant deadline() const;

  /// Entries of the room are numbered from `next` on. Returns what they were, in order. Answers to attempts under the
  /// old numbers are still on their way: they are swallowed before anything is sent again.
  std::vector<Change> renumber(RoomId room, Cseq next, Instant now);
  /// The renumbered entries wait for this Persist.
  void set_put_token(RoomId room, std::uint64_t token);

  std::vector<RoomId> rooms() const;

 private:
  static constexpr Instant kNoHold = Instant::min();

  struct Queue {
    RoomId room;
    std::vector<OutboxEntry> entries;
    Cseq oldest_stored;               // of what was settled, until the last removal is durable
    std::uint64_t removal_token = 0;  // its Persist
    Cseq rewind_from;                 // OutOfOrder was answered: wait for the answers behind, then send again from here
    std::uint32_t swallow = 0;        // answers to attempts from before a renumbering
    Instant swallow_until{};
    Instant hold_until = kNoHold;  // Busy, or the retry budget is spent

    std::size_t window_size() const;
    std::span<OutboxEntry> window();
    std::span<const OutboxEntry> window() const;
    std::size_t in_flight() const;
    /// True when all that was sent behind the oldest entry in storage leaves it where the log finds it again.
    bool may_send(Cseq cseq, std::uint64_t persisted) const;
    Instant oldest_attempt() const;
    void forget_attempts();
  };

  Queue* find(RoomId room);
  const Queue* find(RoomId room) const;
  Queue& find_or_add(RoomId room);
  void drop_if_empty(RoomId room);
  Answer settle(Queue& queue, std::size_t index, Instant now);
  void busy(Queue& queue, std::uint32_t retry_after_ms, Instant now, Rng& rng);
  Verdict out_of_order(Queue& queue, std::size_t index, Cseq expected, Instant now, Rng& rng);
  void finish_rewind(Queue& queue, Instant now);

  std::unique_ptr<std::vector<Queue>> queues_;
  RetryBudget budget_;
};

}  // namespace starling::client
