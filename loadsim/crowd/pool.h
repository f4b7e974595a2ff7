// What is under way, in slots that events name.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace starling::crowd {

template <class T>
class Pool {
 public:
  std::uint32_t add(T&& value) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    slots_[slot] = std::move(value);
    return slot;
  }
  T take(std::uint32_t slot) {
    free_.push_back(slot);
    return std::exchange(slots_[slot], {});
  }

 private:
  std::vector<T> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace starling::crowd
