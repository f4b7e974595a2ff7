#include "server/accounts/work_queue.h"

#include <pthread.h>

#include <utility>

namespace starling::accounts {

WorkQueue::WorkQueue(const char* name, unsigned threads, std::size_t waiting_max) : waiting_max_(waiting_max) {
  for (unsigned i = 0; i < threads; ++i) {
    threads_.emplace_back([this, name] {
      ::pthread_setname_np(::pthread_self(), name);
      run();
    });
  }
}

WorkQueue::~WorkQueue() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    work_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkQueue::push(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || work_.size() >= waiting_max_) return false;
    work_.push_back(std::move(work));
  }
  changed_.notify_one();
  return true;
}

std::size_t WorkQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return work_.size();
}

void WorkQueue::run() {
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return closed_ || !work_.empty(); });
      if (closed_) return;
      work = std::move(work_.front());
      work_.pop_front();
    }
    work();
  }
}

}  // namespace starling::accounts
