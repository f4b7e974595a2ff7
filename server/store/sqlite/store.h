// The log in SQLite: operations in, completions out, on the store's own threads. An answer Ok means committed and synced.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/base/start_error.h"
#include "server/ports/store.h"
#include "server/store/sqlite/free_space.h"
#include "server/store/sqlite/limits.h"

namespace starling::store {

struct StoreConfig {
  std::string path;
  /// History and resumes are read by these. Two keep up with one writer: most pages are in the page cache.
  std::uint32_t readers = 2;
  /// How long a commit waits for another process's lock before it answers Unavailable: longer than a backup tool's
  /// touch, shorter than a client's patience.
  std::uint32_t busy_timeout_ms = 1000;
  /// Pages in the WAL that wake the checkpointer, and that make it stop the writer for a moment. Tests lower them.
  int checkpoint_frames = limits::kCheckpointFrames;
  int restart_frames = limits::kRestartFrames;
  /// Below this share of the volume's space, or limits::kFreeBytesMin, it is not healthy, though commits go on.
  std::uint32_t free_percent_min = 3;
  SpaceFigures space;  // empty: the volume's own
  std::string vfs;     // empty: SQLite's default
  /// Rooms whose log has grown, after each transaction, on the writer's thread: it must not wait. May be empty.
  std::function<void(std::span<const RoomId>)> committed;
};

/// Counted since the start.
struct StoreStats {
  std::uint64_t transactions = 0;
  std::uint64_t rows_accepted = 0;
  std::uint64_t rows_refused = 0;
  std::uint64_t reads = 0;
  std::uint64_t writer_cpu_ns = 0;
};

class Store {
 public:
  /// Called on the store's threads, once per submitted operation, never after ~Store has returned.
  using Complete = std::function<void(ShardId, ports::StoreCompletion&&)>;

  /// An absent or empty file becomes a database, an older schema is migrated. What a crash left behind is recovered and
  /// synced before this returns, so everything the store answers from is durable.
  static Result<std::unique_ptr<Store>, StartError> open(const StoreConfig& config, Complete complete);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  /// Commits what was submitted, completes it, then stops.
  ~Store();

  /// Any thread; never blocks on I/O.
  void submit(ShardId shard, ports::StoreOp&& op);

  /// Takes commits now, and will for a while. False: failed, locked, no space, or little of it; `why` says which.
  bool healthy() const;
  /// A failed fsync, a corrupt file: everything is answered Stopped, and the process must restart.
  bool failed() const;
  std::string why() const;
  /// Prometheus text.
  std::string metrics() const;
  StoreStats stats() const;

 private:
  struct Threads;
  explicit Store(std::unique_ptr<Threads> threads);

  std::unique_ptr<Threads> threads_;
};

}  // namespace starling::store
