// Operations on their way to a thread of the store. How much may wait is decided by who submits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

#include "common/base/ids.h"
#include "server/ports/store.h"

namespace starling::store {

struct Job {
  ShardId shard;
  ports::StoreOp op;
};

/// Any thread.
class JobQueue {
 public:
  void push(Job&& job);
  /// No more is pushed; what waits is still taken.
  void close();

  /// Waits for one.
  bool take_one(Job& job);
  /// Waits at most `patience`, then takes all that waits, up to a group's limits; `jobs` may stay empty.
  /// False when closed and empty.
  bool take_group(std::vector<Job>& jobs, std::chrono::milliseconds patience);
  std::size_t waiting() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool closed_ = false;
};

}  // namespace starling::store
