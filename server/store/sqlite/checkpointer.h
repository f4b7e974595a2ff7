// Moves the WAL into the database, on a thread and a connection of its own: commits never pay for it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/store/health.h"
#include "server/store/sqlite/counters.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

class Checkpointer {
 public:
  /// Lengths of the WAL, in pages.
  struct Thresholds {
    int checkpoint = 0;
    int restart = 0;
  };
  Checkpointer(const Connection::Options& options, Thresholds thresholds, Health& health, Counters& counters);
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;
  ~Checkpointer();

  /// After a commit: the WAL is this long. Any thread; never waits for a checkpoint.
  void wal_grew(int frames);

 private:
  void run();
  void checkpoint();
  /// False: not all was done, and why is known.
  bool done(int code);

  std::string path_;
  Thresholds thresholds_;
  Connection connection_;
  Health* health_;
  Counters* counters_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool due_ = false;
  bool stop_ = false;
  std::atomic<int> looked_at_ = 0;  // the WAL's length at the last checkpoint
  int restart_at_;                  // the thread's
  std::thread thread_;
};

}  // namespace starling::store
