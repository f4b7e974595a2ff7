// A few threads and the calls that wait for them: a bound on both is what keeps a flood of logins from taking the
// machine's memory and time.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace starling::accounts {

/// push() from any thread.
class WorkQueue {
 public:
  WorkQueue(const char* name, unsigned threads, std::size_t waiting_max);
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;
  /// What runs is finished, what waits is dropped.
  ~WorkQueue();

  /// False when too many wait; never blocks.
  bool push(std::function<void()> work);
  std::size_t waiting() const;

 private:
  void run();

  const std::size_t waiting_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> work_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace starling::accounts
