// Rooms that were committed to, on their way from the store's writer to the indexer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "common/base/ids.h"

namespace starling::search {

/// Any thread. It keeps limits::kHintsMax rooms and then only that some were lost: the writer never waits.
class HintQueue {
 public:
  void committed(std::span<const RoomId> rooms);
  /// The indexer looks up though nothing was committed.
  void wake();

  struct Hints {
    std::vector<RoomId> rooms;
    bool lost = false;       // more rooms than these
    std::uint64_t upto = 0;  // how many calls of `committed` these cover
  };
  /// Waits until there is one, `wake` was called, or `patience` has passed.
  void wait(std::chrono::milliseconds patience);
  Hints take();
  std::uint64_t calls() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Hints hints_;
  bool woken_ = false;
};

}  // namespace starling::search
