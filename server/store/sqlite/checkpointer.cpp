#include "server/store/sqlite/checkpointer.h"

#include "server/store/sqlite/errors.h"

namespace starling::store {

Checkpointer::Checkpointer(const Connection::Options& options, Thresholds thresholds, Health& health,
                           Counters& counters)
    : path_(options.path),
      thresholds_(thresholds),
      connection_(options),
      health_(&health),
      counters_(&counters),
      restart_at_(thresholds.restart),
      thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Checkpointer::wal_grew(int frames) {
  counters_->wal_frames.store(static_cast<std::uint64_t>(frames), std::memory_order_relaxed);
  // Shorter than it was: it has started anew.
  if (frames < looked_at_.load(std::memory_order_relaxed)) looked_at_.store(0, std::memory_order_relaxed);
  if (frames - looked_at_.load(std::memory_order_relaxed) < thresholds_.checkpoint) return;
  {
    const std::scoped_lock lock(mutex_);
    due_ = true;
  }
  wake_.notify_one();
}

void Checkpointer::run() {
  for (;;) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stop_ || due_; });
    if (stop_) return;
    due_ = false;
    lock.unlock();
    if (!health_->failed()) checkpoint();
  }
}

/// Passive stops for nobody. While commits never pause it never reaches the end, so the WAL cannot start anew and grows:
/// when it has become long, the writer waits for once, while the little that passive left is copied. Much is left only
/// when a reader does not give its snapshot back (a backup): then there is nothing to wait for. The file keeps its length:
/// to write over blocks that are there costs the commits less than new ones.
void Checkpointer::checkpoint() {
  int frames = 0;
  int copied = 0;
  if (!done(sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied))) return;
  counters_->checkpoints.fetch_add(1, std::memory_order_relaxed);
  looked_at_.store(frames, std::memory_order_relaxed);
  if (frames < restart_at_ || frames - copied >= thresholds_.checkpoint) return;
  counters_->wal_restarts.fetch_add(1, std::memory_order_relaxed);
  const bool begun =
      done(sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr));
  // A reader in the way would make the writer wait in vain again and again.
  restart_at_ = begun ? thresholds_.restart : frames + thresholds_.restart;
}

bool Checkpointer::done(int code) {
  if (fault_of(code) == Fault::Fatal && code != SQLITE_OK) {
    health_->fail(explain(SqliteError(code, sqlite3_errmsg(connection_.get())), path_));
  }
  return code == SQLITE_OK;
}

}  // namespace starling::store
