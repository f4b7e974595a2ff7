// Limits of the SQLite store, each with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "common/sqlite/sqlite.h"
#include "common/wire/limits.h"

namespace starling::store::limits {

/// Rows and bytes that share one transaction. More only delays the first of them: by 4,096 rows the fsync is a
/// hundredth of the transaction's time.
inline constexpr std::size_t kGroupRowsMax = 4096;
inline constexpr std::size_t kGroupBytesMax = std::size_t{8} << 20;
/// The codec's limit is far below what SQLite itself refuses.
static_assert(sqlite::kValueBytesMax >= 16 * static_cast<int>(wire::limits::kBodyBytesMax));

/// A reader gives its snapshot back after this long, so that the checkpointer can pass it.
inline constexpr std::chrono::milliseconds kSnapshotMax{50};
/// Rows between two looks at the clock; at the largest body, 2 MiB.
inline constexpr std::int64_t kSnapshotRows = 128;

/// Pages in the WAL that wake the checkpointer (4 MiB), and that make it stop the writer for a moment (64 MiB).
inline constexpr int kCheckpointFrames = 1024;
inline constexpr int kRestartFrames = 16 * 1024;
/// How long it may stop the writer while it waits for readers: as long as they hold their snapshots.
inline constexpr int kRestartPatienceMs = 100;
static_assert(kRestartPatienceMs >= kSnapshotMax.count());

/// Free space that the store is not well below: the WAL may reach kRestartFrames twice over while a backup runs, and a
/// migration or a restore writes beside.
inline constexpr std::uint64_t kFreeBytesMin = std::uint64_t{256} << 20;
static_assert(kFreeBytesMin >= 2 * std::uint64_t{4096} * kRestartFrames);

/// How often a store that could not commit tries whether it can again.
inline constexpr std::chrono::milliseconds kTrialEvery{500};

/// Page caches. The writer touches the tails of the active rooms; readers mostly find them in the kernel's cache.
inline constexpr int kWriterCacheKib = 16 * 1024;
inline constexpr int kReaderCacheKib = 512;

}  // namespace starling::store::limits
