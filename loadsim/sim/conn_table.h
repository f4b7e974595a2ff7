// The connections of a shard, as the runtime hands them out: an index that is used again, with another generation.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/ids.h"

namespace starling::sim {

template <class Owner>
class ConnTable {
 public:
  ConnId take(const Owner& owner) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    Slot& slot = slots_[index];
    slot = {.generation = (slot.generation + 1) & kGenerations, .used = 1, .owner = owner};
    return {.index = index, .generation = slot.generation};
  }
  /// Null when it was given back.
  const Owner* find(ConnId id) const { return slots_[id.index].used != 0 ? had(id) : nullptr; }
  /// The last who had it, until somebody else has its index.
  const Owner* had(ConnId id) const {
    const Slot& slot = slots_[id.index];
    return slot.generation == id.generation ? &slot.owner : nullptr;
  }
  /// Who has the index, or had it last.
  const Owner& at(std::uint32_t index) const { return slots_[index].owner; }
  /// Nothing when it was given back before.
  void give_back(ConnId id) {
    if (find(id) == nullptr) return;
    slots_[id.index].used = 0;
    free_.push_back(id.index);
  }
  /// Calls each(id, owner) for all that are in use; it may give any back.
  template <class Each>
  void for_each(Each&& each) const {
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
      const Slot slot = slots_[i];
      if (slot.used != 0) each(ConnId{.index = i, .generation = slot.generation}, slot.owner);
    }
  }
  /// Another process gives the same handles out again.
  void begin_anew() {
    for_each([this](ConnId id, const Owner&) { give_back(id); });
    for (Slot& slot : slots_) slot.generation = 0;
  }
  /// It will be asked for soon: a hint to the memory.
  void expect(ConnId id) const { __builtin_prefetch(&slots_[id.index]); }

 private:
  static constexpr std::uint32_t kGenerations = 0x7FFFFFFF;
  struct Slot {
    std::uint32_t generation : 31 = 0;
    std::uint32_t used : 1 = 0;
    Owner owner{};
  };

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace starling::sim
