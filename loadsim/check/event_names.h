// (room, epoch, seq) names one event for ever (G19): a ring of what was seen last, shared by all devices of a process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/base/ids.h"
#include "common/base/rng.h"

namespace starling::check {

/// Owner: one thread. 24 bytes a slot; a later name takes the slot of an earlier one, so that memory is bounded.
class EventNames {
 public:
  explicit EventNames(std::size_t slots = std::size_t{1} << 16) : slots_(slots) {}

  /// False when another event was seen under this name.
  bool agrees(RoomId room, Epoch epoch, Seq seq, std::uint64_t digest) {
    const std::uint64_t name = mix64(mix64(room.value) ^ epoch.value) ^ seq.value;
    Slot& slot = slots_[scale(mix64(name), slots_.size())];
    if (slot.room == room && slot.epoch == epoch && slot.seq == seq.value) return slot.digest == digest;
    slot = {.room = room, .epoch = epoch, .seq = static_cast<std::uint32_t>(seq.value), .digest = digest};
    return true;
  }

  /// After a loss that the epochs do not tell of (a copied-back file) names begin anew.
  void forget() { slots_.assign(slots_.size(), {}); }

 private:
  struct Slot {
    RoomId room;
    Epoch epoch;
    std::uint32_t seq = 0;
    std::uint64_t digest = 0;
  };
  static_assert(sizeof(Slot) == 24);

  std::vector<Slot> slots_;
};

}  // namespace starling::check
