// Values on their way to one thread, which waits on a descriptor among others. Who pushes never waits: a full queue refuses.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "common/base/assert.h"

namespace starling {

template <class T>
class WakeQueue {
 public:
  explicit WakeQueue(std::size_t max) : max_(max), event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (event_ < 0) throw std::system_error(errno, std::system_category(), "eventfd");
  }
  ~WakeQueue() { ::close(event_); }
  WakeQueue(const WakeQueue&) = delete;
  WakeQueue& operator=(const WakeQueue&) = delete;

  /// Any thread. False when full: `value` is untouched.
  bool push(T&& value) {
    bool was_empty = false;
    {
      const std::lock_guard lock(mutex_);
      if (values_.size() >= max_) return false;
      was_empty = values_.empty();
      values_.push_back(std::move(value));
    }
    if (was_empty) wake();
    return true;
  }
  /// Any thread: the other one is to look for what else there is.
  void wake() {
    const std::uint64_t one = 1;
    STARLING_ASSERT(::write(event_, &one, sizeof one) == sizeof one);
  }

  /// Readable when there may be something.
  int descriptor() const { return event_; }
  /// Before anything is looked at: what comes afterwards wakes again.
  void acknowledge() {
    std::uint64_t count = 0;
    if (::read(event_, &count, sizeof count) < 0) STARLING_ASSERT(errno == EAGAIN);
  }
  /// Appends up to `max` to `out`; true when some are left, for which nothing wakes.
  bool take(std::vector<T>& out, std::size_t max) {
    const std::lock_guard lock(mutex_);
    for (; max > 0 && !values_.empty(); --max) {
      out.push_back(std::move(values_.front()));
      values_.pop_front();
    }
    return !values_.empty();
  }

 private:
  const std::size_t max_;
  const int event_;
  std::mutex mutex_;
  std::deque<T> values_;
};

}  // namespace starling
