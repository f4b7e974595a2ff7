#include "server/store/checkpointer.h"

#include <utility>

namespace starling::store {

Checkpointer::Checkpointer(const Connection::Options& options, Thresholds thresholds, Health& health,
                           Counters& counters)
    : path_(options.path),
      thresholds_(thresholds),
      connection_(options),
      health_(&health),
      counters_(&counters),
      truncate_at_(thresholds.truncate),
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
  if (frames < thresholds_.checkpoint) return;
  {
    const std::scoped_lock lock(mutex_);
    frames_ = frames;
  }
  wake_.notify_one();
}

void Checkpointer::run() {
  for (;;) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stop_ || frames_ != 0; });
    if (stop_) return;
    const int frames = std::exchange(frames_, 0);
    lock.unlock();
    if (!health_->failed()) checkpoint(frames);
  }
}

/// Passive stops for nobody. While commits never pause it never reaches the end, so the WAL cannot start anew and grows:
/// when it has become long, the writer waits for once. A reader that does not give its snapshot back (a backup) would make
/// it wait in vain, so after a failure the WAL may grow by as much again.
void Checkpointer::checkpoint(int frames) {
  const bool truncate = frames >= truncate_at_;
  const int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, mode, nullptr, nullptr);
  if (code == SQLITE_OK) {
    if (truncate) truncate_at_ = thresholds_.truncate;
    counters_->checkpoints.fetch_add(1, std::memory_order_relaxed);
  } else if (fault_of(code) == Fault::Fatal) {
    health_->fail(explain(SqliteError(code, sqlite3_errmsg(connection_.get())), path_));
  } else if (truncate) {
    truncate_at_ = frames + thresholds_.truncate;
  }
}

}  // namespace starling::store
