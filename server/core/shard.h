// A shard: one thread's worth of Starling as a state machine. Inputs go in with the time, effects come out as values.
// It does no I/O, reads no clock, draws no entropy and takes no lock, so the same object runs in production (driven by
// server/runtime) and in the simulator (driven by loadsim/sim). Owner: the one thread that drives it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/wire/frames.h"
#include "server/core/config.h"
#include "server/ports/claims.h"
#include "server/ports/directory.h"
#include "server/ports/envelope.h"
#include "server/ports/shared_frame.h"
#include "server/ports/store.h"
#include "server/ports/view.h"

namespace starling::core {

/// The moment of a turn of the loop, read once by the driver.
struct Now {
  Instant at;
  WallTime wall;
};

// ---- inputs

/// A connection whose Hello the runtime has verified. `conn` is the runtime's handle; its index is dense and reused,
/// its generation tells the uses apart.
struct Connected {
  ConnId conn;
  ports::Claims claims;
  wire::Hello hello;
  std::string ticket;  // to hand out in Welcome
  WallTime ticket_expires;
};
struct FrameReceived {
  ConnId conn;
  wire::ClientFrame frame;
};
/// `bytes` of payload queued for the connection have left for the kernel.
struct Drained {
  ConnId conn;
  std::uint32_t bytes = 0;
};
/// `left`: the peer said goodbye, or was silent for so long that it is not coming back at once.
struct Disconnected {
  ConnId conn;
  bool left = false;
};
struct EnvelopeReceived {
  ports::Envelope envelope;
};
struct StoreCompleted {
  ports::StoreCompletion completion;
};
struct TailAnswered {
  ports::TailRead read;
};
struct DeadlineReached {};
/// Stop taking sessions in, and send the present ones away at a bounded rate.
struct DrainRequested {};

// The node's place in the cluster (server/core/lease.h). A node that is alone is told neither.

/// The next view: none is left out.
struct ViewChanged {
  ports::View view;
};
/// Until then nobody else is home to what is at home here.
struct LeaseExtended {
  Instant until{};
};

/// The device's credentials are void from now on: its sessions end.
struct DeviceRevoked {
  DeviceId device;
};

// What somebody has changed in the store past the shards; told to the one that is home.

struct LogGrew {
  RoomId room;
  Seq head;
};
struct ItemsGrew {
  UserId user;
};

using Input =
    std::variant<Connected, FrameReceived, Drained, Disconnected, EnvelopeReceived, StoreCompleted, DeadlineReached,
                 DrainRequested, ViewChanged, LeaseExtended, DeviceRevoked, LogGrew, ItemsGrew, TailAnswered>;

// ---- effects

enum class CloseReason : std::uint8_t {
  ProtocolError,  // 1008
  Fenced,         // 4003: the device logged in elsewhere
  Revoked,        // 4001: log in again
  SlowReader,     // 4008, resumable
  Draining,       // 4009, resumable
  Overloaded,     // 4010, resumable
};

struct Effects {
  /// `frame` goes to recipients[first, first + count), in the order of `sends`.
  struct Send {
    ports::SharedFrame frame;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  /// After every send of the same turn.
  struct Close {
    ConnId conn;
    CloseReason reason = CloseReason::ProtocolError;
    std::string text;
  };

  std::vector<ConnId> recipients;
  std::vector<Send> sends;
  std::vector<Close> closes;
  std::vector<ports::Post> posts;
  std::vector<ports::StoreOp> store;
  std::vector<ports::DirectoryOp> directory;  // of several nodes with shared tails only
  bool view_is_old = false;                   // there is a later one: the driver asks the store for it

  void clear() {
    view_is_old = false;
    recipients.clear();
    sends.clear();
    closes.clear();
    posts.clear();
    store.clear();
    directory.clear();
  }
};

/// Counters for /metrics and for the simulator's report; they only grow, gauges excepted.
struct Counters {
  std::uint64_t events_committed = 0;
  std::uint64_t events_delivered = 0;  // one a recipient
  std::uint64_t sends_received = 0;
  std::uint64_t sends_refused = 0;  // final refusals
  std::uint64_t sends_busy = 0;
  std::uint64_t duplicates_answered = 0;
  std::uint64_t resumes = 0;  // rooms resumed by cursor
  std::uint64_t resets = 0;
  std::uint64_t pages_read = 0;
  std::uint64_t store_ops = 0;
  std::uint64_t store_unknown = 0;
  std::uint64_t lagging_entered = 0;
  std::uint64_t slow_closed = 0;
  std::uint64_t slots_given = 0;  // sessions told when to come back
  std::uint64_t gaps_repaired = 0;
  std::uint64_t presence_changes = 0;    // of users that are watched, or have just left
  std::uint64_t presence_envelopes = 0;  // presence and receipts, to other shards and this one
  std::uint64_t presence_frames = 0;
  // gauges
  std::uint64_t sessions = 0;
  std::uint64_t sessions_lagging = 0;
  std::uint64_t rooms_home = 0;
  std::uint64_t rooms_local = 0;
  std::uint64_t commit_queue_bytes = 0;
  std::uint64_t page_bytes = 0;
};

class Shard {
 public:
  /// `boot` differs after each start of the process; `seed` seeds the shard's own Rng (room ids, jitter).
  Shard(const Config& config, ShardId self, ports::View view, std::uint64_t boot, std::uint64_t seed);
  ~Shard();
  Shard(Shard&&) noexcept;

  /// Handles one input; what must happen is appended to `out`, which the driver carries out and clears.
  void on(Now now, Input&& input, Effects& out);

  /// When the driver should hand in DeadlineReached next; kNever when nothing waits.
  Instant next_deadline() const;

  const Counters& counters() const;
  /// True when draining has finished: no session left, nothing queued or in flight.
  bool drained() const;
  /// One line that says what waits for what, for a liveness report; empty when idle.
  std::string pending() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace starling::core
