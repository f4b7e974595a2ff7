// Who looks for the primary when it is gone: one of a store's connections, and the others when that has found it. All at once, of all
// nodes, they would keep the next one busy with saying that it is none.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace starling::postgres {

/// Shared by connections to one list of hosts. Any thread.
class Scout {
 public:
  /// How often it was found so far.
  std::uint64_t finds() const { return finds_.load(std::memory_order_acquire); }
  /// Whether `who`, which has lost it after so many finds, may look now: it was found since, or nobody else looks.
  bool may_look(const void* who, std::uint64_t finds) {
    const void* nobody = nullptr;
    return finds != this->finds() || looks_.compare_exchange_strong(nobody, who) || nobody == who;
  }
  void found(const void* who) {
    finds_.fetch_add(1, std::memory_order_release);
    let_go(who);
  }
  /// It is who looks now.
  bool looks(const void* who) const { return looks_.load(std::memory_order_acquire) == who; }
  void let_go(const void* who) { looks_.compare_exchange_strong(who, nullptr); }

  /// Which host is tried first, counted round and round.
  std::size_t first_host() const { return first_host_.load(std::memory_order_relaxed); }
  /// Who refuses us, or says nothing, may go on like that: the primary is another one then.
  void next_host() { first_host_.fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> finds_ = 0;
  std::atomic<const void*> looks_ = nullptr;
  std::atomic<std::size_t> first_host_ = 0;
};

}  // namespace starling::postgres
