// Limits of the PostgreSQL store, each with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace starling::postgres::limits {

/// Operations of one connection that are under way: enough to hide the way there, few enough that a lost connection leaves
/// few outcomes unknown.
inline constexpr std::size_t kInFlightMax = 32;

/// Reads of one kind that go as one query: as many as a shard asks for at once when nobody waits (server/core/read_slot.h).
inline constexpr std::size_t kTogetherMax = 512;
/// Of items, of which a user may have many.
inline constexpr std::size_t kItemsTogetherMax = 256;
/// When as many have gone together, many come.
inline constexpr std::size_t kGatherFrom = 8;
/// Rows of their answer, of some 100 bytes and at most 400. More than a user has rooms, so that a user's fit.
inline constexpr std::size_t kTogetherRowsMax = 16 * 1024;
/// Rooms that are loaded together: one transaction has the locks of all until a standby has it.
inline constexpr std::size_t kRoomsTogetherMax = 128;
/// Their events since the last checkpoint, of which each has less than 256.
inline constexpr std::int64_t kTailsTogetherBytesMax = 4 << 20;

/// A room's lock, or a user's: longer than any commit, shorter than a client's patience.
inline constexpr int kLockTimeoutMs = 1000;
/// A statement that runs longer is not one of ours. It does not bound the wait for a standby.
inline constexpr int kStatementTimeoutMs = 4000;
/// A transaction that an exchange has left open holds its locks no longer than this. In the middle of an exchange nothing is
/// counted: a machine that is gone there is noticed by keepalives (conninfo.cpp), a process that stands still is not.
inline constexpr int kIdleInTransactionTimeoutMs = 2000;

/// An answer that takes longer is not waited for: a write's outcome is unknown then. Beyond a lock and a statement.
inline constexpr std::chrono::seconds kWatchdog{5};
static_assert(kWatchdog > std::chrono::milliseconds(kStatementTimeoutMs));
/// What was read is held back for so long until its barrier is through (docs/decisions/0013).
inline constexpr std::chrono::seconds kBarrierPatience{1};
/// A connection that has not answered for so long is given up. A backend that waits for a standby outlives its connection,
/// so one that is given up sooner would fill the server with such backends.
inline constexpr std::chrono::seconds kSilenceMax{60};
/// To connect: then the hosts are tried from the next one on. libpq goes on by itself when one is gone or no primary, and
/// stays with one that says nothing.
inline constexpr std::chrono::seconds kConnectPatience{5};
/// To be told who is there, and for a standby to have what the connection has written.
inline constexpr std::chrono::seconds kGreetingPatience{20};
/// How long the start waits for all connections: through two hosts that say nothing.
inline constexpr std::chrono::seconds kOpenPatience{15};
static_assert(kOpenPatience > 2 * kConnectPatience);
/// How long a start waits for another process that migrates: less than systemd waits for a start (90 s).
inline constexpr std::chrono::seconds kMigrationPatience{60};
inline constexpr std::chrono::milliseconds kMigrationLook{100};
/// How long a host's name may take to be resolved, before another attempt: a resolver tries several servers, 5 s each.
inline constexpr std::chrono::seconds kResolvePatience{15};
/// How long the end waits for what is under way.
inline constexpr std::chrono::seconds kClosePatience{5};

/// Rows of an outbox that the people's database is told of in one transaction: some 100 ms of it at most.
inline constexpr std::size_t kRelayRows = 1000;
/// How long an answer waits for the people's database to be told: as long as one waits for a commit.
inline constexpr std::chrono::seconds kRelayPatience{5};
/// How often a relay looks for what a node has left that is gone.
inline constexpr std::chrono::milliseconds kSweepEvery{1000};

/// Between two attempts to connect: doubled up to the largest, with a random part.
inline constexpr std::chrono::milliseconds kBackOffMin{50};
inline constexpr std::chrono::milliseconds kBackOffMax{500};

/// How often a connection that has nothing to do looks whether the server is there, and what it promises.
inline constexpr std::chrono::seconds kCheckEvery{5};

/// How often the loops look at their clocks.
inline constexpr std::chrono::milliseconds kTick{50};

}  // namespace starling::postgres::limits
