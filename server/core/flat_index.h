// From a 64-bit id to a 32-bit value: open addressing with linear probing, 12 bytes a slot, at most three quarters full.
// Nothing ever iterates over it, so its order cannot leak into a run.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/rng.h"

namespace starling::core {

/// Key 0 names nothing and is never found.
class FlatIndex {
 public:
  std::optional<std::uint32_t> find(std::uint64_t key) const {
    if (key == 0 || keys_.empty()) return std::nullopt;
    for (std::size_t i = home(key);; i = (i + 1) & mask()) {
      if (keys_[i] == key) return values_[i];
      if (keys_[i] == 0) return std::nullopt;
    }
  }
  bool contains(std::uint64_t key) const { return find(key).has_value(); }

  void set(std::uint64_t key, std::uint32_t value) {
    if ((size_ + 1) * 4 > keys_.size() * 3) grow();
    std::size_t i = home(key);
    while (keys_[i] != 0 && keys_[i] != key) i = (i + 1) & mask();
    if (keys_[i] == 0) ++size_;
    keys_[i] = key;
    values_[i] = value;
  }

  void erase(std::uint64_t key) {
    if (key == 0 || keys_.empty()) return;
    std::size_t hole = home(key);
    while (keys_[hole] != key) {
      if (keys_[hole] == 0) return;
      hole = (hole + 1) & mask();
    }
    --size_;
    // What was pushed past the hole moves back into it, so that no probe ends too early.
    for (std::size_t i = (hole + 1) & mask(); keys_[i] != 0; i = (i + 1) & mask()) {
      if (((i - home(keys_[i])) & mask()) < ((i - hole) & mask())) continue;
      keys_[hole] = keys_[i];
      values_[hole] = values_[i];
      hole = i;
    }
    keys_[hole] = 0;
  }

  std::size_t size() const { return size_; }

 private:
  std::size_t mask() const { return keys_.size() - 1; }
  std::size_t home(std::uint64_t key) const { return static_cast<std::size_t>(mix64(key)) & mask(); }
  void grow() {
    std::vector<std::uint64_t> keys(keys_.empty() ? 8 : keys_.size() * 2);
    std::vector<std::uint32_t> values(keys.size());
    keys.swap(keys_);
    values.swap(values_);
    size_ = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i] != 0) set(keys[i], values[i]);
    }
  }

  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> values_;
  std::size_t size_ = 0;
};

}  // namespace starling::core
