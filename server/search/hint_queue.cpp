#include "server/search/hint_queue.h"

#include <utility>

#include "server/search/limits.h"

namespace starling::search {

void HintQueue::committed(std::span<const RoomId> rooms) {
  bool first = false;
  {
    const std::scoped_lock lock(mutex_);
    first = hints_.rooms.empty() && !hints_.lost;
    ++hints_.upto;
    for (const RoomId room : rooms) {
      if (hints_.rooms.size() == limits::kHintsMax) {
        hints_.lost = true;
        break;
      }
      hints_.rooms.push_back(room);
    }
  }
  if (first) changed_.notify_one();
}

void HintQueue::wake() {
  {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void HintQueue::wait(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [this] { return woken_ || hints_.lost || !hints_.rooms.empty(); });
  woken_ = false;
}

HintQueue::Hints HintQueue::take() {
  const std::scoped_lock lock(mutex_);
  Hints taken = std::exchange(hints_, {});
  hints_.upto = taken.upto;
  return taken;
}

std::uint64_t HintQueue::calls() const {
  const std::scoped_lock lock(mutex_);
  return hints_.upto;
}

}  // namespace starling::search
