// A thread with its connections.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "server/store/postgres/lane.h"

namespace starling::postgres {

class Loop {
 public:
  /// On the loop's thread: gives a job to one of its lanes.
  using Route = std::function<void(Job&&)>;

  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  /// Answers what was submitted, then stops.
  ~Loop();

  /// Before start.
  Lane& add(Lane::Options options, Lane::Shared shared);
  void start(Route route);

  /// Any thread.
  void submit(Job&& job);
  std::size_t waiting() const;
  const std::vector<std::unique_ptr<Lane>>& lanes() const { return lanes_; }

 private:
  void run();
  void wait();
  bool take(std::vector<Job>& jobs);
  void wake();

  std::vector<std::unique_ptr<Lane>> lanes_;
  Route route_;
  int wake_fd_;
  mutable std::mutex mutex_;  // of what follows
  std::vector<Job> inbox_;
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace starling::postgres
