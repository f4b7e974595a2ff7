// A bounded ring between exactly two threads: one pushes, one pops, neither waits. A full ring refuses, and the
// producer counts: whatever travels here is repaired elsewhere.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "common/base/assert.h"

namespace starling::runtime {

template <class T>
class SpscRing {
 public:
  /// `capacity` is a power of two.
  explicit SpscRing(std::size_t capacity)
      : slots_(std::make_unique_for_overwrite<Slot[]>(capacity)), mask_(capacity - 1) {
    STARLING_ASSERT(capacity != 0 && (capacity & mask_) == 0);
  }
  SpscRing(const SpscRing&) = delete;
  SpscRing& operator=(const SpscRing&) = delete;
  ~SpscRing() {
    while (pop([](T&&) {})) {
    }
  }

  /// Producer. False when full: `value` is untouched.
  bool push(T&& value) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_seen_ > mask_) {
      head_seen_ = head_.load(std::memory_order_acquire);
      if (tail - head_seen_ > mask_) return false;
    }
    new (slots_[tail & mask_].bytes) T(std::move(value));
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  /// Consumer. Hands one value to `take`; false when empty.
  template <class Take>
  bool pop(Take&& take) {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_.load(std::memory_order_acquire)) return false;
    T* value = std::launder(reinterpret_cast<T*>(slots_[head & mask_].bytes));
    take(std::move(*value));
    value->~T();
    head_.store(head + 1, std::memory_order_release);
    return true;
  }

 private:
  struct Slot {
    alignas(T) std::byte bytes[sizeof(T)];
  };
  static constexpr std::size_t kCacheLine = 64;

  std::unique_ptr<Slot[]> slots_;  // pages are touched only when used
  std::size_t mask_;
  alignas(kCacheLine) std::atomic<std::size_t> head_{0};
  alignas(kCacheLine) std::atomic<std::size_t> tail_{0};
  std::size_t head_seen_ = 0;  // the producer's last look at head_
};

}  // namespace starling::runtime
