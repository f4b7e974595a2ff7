// Storage with stable addresses and dense indices: chunks that never move, so that growing copies nothing and wastes at
// most one chunk.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/base/assert.h"

namespace starling::core {

/// An array that grows at its end. Indices are the caller's.
template <class T, std::uint32_t kChunk = 64>
class Chunked {
 public:
  T& operator[](std::uint32_t i) { return (*chunks_[i / kChunk])[i % kChunk]; }
  const T& operator[](std::uint32_t i) const { return (*chunks_[i / kChunk])[i % kChunk]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(chunks_.size()) * kChunk; }
  void reach(std::uint32_t i) {
    while (size() <= i) chunks_.push_back(std::make_unique<std::array<T, kChunk>>());
  }

 private:
  std::vector<std::unique_ptr<std::array<T, kChunk>>> chunks_;
};

/// Hands out slots. `T` has an `id` that is zero in a free slot.
template <class T>
class Slab {
 public:
  T& operator[](std::uint32_t i) { return slots_[i]; }
  const T& operator[](std::uint32_t i) const { return slots_[i]; }
  /// Slots from here on were never used.
  std::uint32_t end() const { return end_; }
  std::uint32_t used() const { return end_ - static_cast<std::uint32_t>(free_.size()); }

  std::uint32_t add() {
    if (!free_.empty()) {
      const std::uint32_t i = free_.back();
      free_.pop_back();
      return i;
    }
    slots_.reach(end_);
    return end_++;
  }
  void remove(std::uint32_t i) {
    STARLING_ASSERT(slots_[i].id);
    slots_[i] = T{};
    free_.push_back(i);
  }

 private:
  Chunked<T> slots_;
  std::vector<std::uint32_t> free_;
  std::uint32_t end_ = 0;
};

}  // namespace starling::core
