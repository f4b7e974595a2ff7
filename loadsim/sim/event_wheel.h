// What happens next: a wheel of ticks (a priority queue costs 25 times as much at a million pending events). Within a
// tick, by time and then by the order of scheduling, so that a run is a function of its seed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/base/time.h"

namespace starling::sim {

enum class Happening : std::uint8_t {
  ShardTimer,       // a: shard, b: the deadline's ticket
  LeaseTimer,       // a: node, b: the deadline's ticket
  BusArrival,       // a: route or straggler, b: life of the receiver
  StoreCommit,      // a: slot of the operation
  Postgres,         // a: PostgresStore::Step, b: of what
  StoreDone,        // a: slot of the operation
  DirectoryDoes,    // a: slot of the operation
  DirectoryDone,    // a: slot of the operation
  LinkUp,           // a: device, b: attempt: bytes reach the server
  LinkDown,         // a: device, b: attempt: bytes reach the device
  LinkDrained,      // a: device, b: attempt: bytes have left the server
  Dial,             // a: device, b: attempt: the connection is made, or not
  HangUp,           // a: device, b: attempt: the server's close reaches the device
  ServerNotices,    // a: device, b: node and attempt: the server finds that the connection is gone
  ClientNotices,    // a: device, b: attempt: the device finds it
  DeviceTimer,      // a: device, b: the deadline's ticket
  DevicePersisted,  // a: device, b: incarnation
  DeviceStarts,     // a: device, b: incarnation
  DeviceActs,       // a: device
  DeviceCrashes,    // a: device, b: incarnation: at the latest
  DeviceStalls,     // a: device: reads nothing, as its persona does
  FaultBegins,      // a: index into the schedule
  FaultEnds,        // a: index into the schedule
  Backup,           // a: index into the schedule: what it will restore is copied now
  NodeStarts,       // a: node, b: boot before
  Sample,           // drains, gauges and convergence
};

/// `What`: the kinds of events of a world. A tick is 2^TickBits ns, and a round 2^SlotBits ticks: what lies further ahead is looked
/// at once a round.
template <class What, int TickBits = 18, int SlotBits = 14>
class TickWheel {
 public:
  struct Event {
    Instant at;
    std::uint64_t order = 0;
    What what{};
    std::uint32_t a = 0;
    std::uint64_t b = 0;

    bool operator<(const Event& other) const { return at != other.at ? at < other.at : order < other.order; }
  };

  TickWheel() : slots_(kSlots, kNone) {}

  Instant now() const { return now_; }

  void schedule(Instant at, What what, std::uint32_t a = 0, std::uint64_t b = 0) {
    const Event event{.at = std::max(at, now_), .order = ++scheduled_, .what = what, .a = a, .b = b};
    ++pending_;
    const std::uint64_t tick = tick_of(event.at);
    if (tick <= tick_) {
      due_.insert(std::upper_bound(due_.begin() + static_cast<std::ptrdiff_t>(next_due_), due_.end(), event), event);
    } else {
      std::uint32_t& slot = slots_[tick % kSlots];
      slot = keep(event, slot);
    }
  }

  /// Moves to the next event at or before `until`; false, at `until`, when there is none.
  bool next(Instant until, Event& event) {
    while (next_due_ == due_.size()) {
      if (pending_ == 0 || tick_ >= tick_of(until)) {
        now_ = std::max(now_, until);
        return false;
      }
      ++tick_;
      collect();
    }
    if (due_[next_due_].at > until) {
      now_ = std::max(now_, until);
      return false;
    }
    event = due_[next_due_++];
    now_ = event.at;
    --pending_;
    return true;
  }

 private:
  static constexpr std::size_t kSlots = std::size_t{1} << SlotBits;
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Kept {
    Event event;
    std::uint32_t next = kNone;  // of the slot, or of what is free
  };

  static std::uint64_t tick_of(Instant at) {
    return static_cast<std::uint64_t>(at.time_since_epoch().count()) >> TickBits;
  }

  std::uint32_t keep(const Event& event, std::uint32_t next) {
    if (free_ == kNone) {
      free_ = static_cast<std::uint32_t>(kept_.size());
      kept_.emplace_back();
    }
    const std::uint32_t i = free_;
    free_ = kept_[i].next;
    kept_[i] = {.event = event, .next = next};
    return i;
  }

  void collect() {
    due_.clear();
    next_due_ = 0;
    std::uint32_t& slot = slots_[tick_ % kSlots];
    for (std::uint32_t i = std::exchange(slot, kNone); i != kNone;) {
      Kept& kept = kept_[i];
      const bool due = tick_of(kept.event.at) == tick_;
      if (due) due_.push_back(kept.event);
      std::uint32_t& list = due ? free_ : slot;  // a later round
      i = std::exchange(kept.next, std::exchange(list, i));
    }
    std::sort(due_.begin(), due_.end());
  }

  std::vector<std::uint32_t> slots_;  // the first of each slot's list
  std::vector<Kept> kept_;
  std::uint32_t free_ = kNone;
  std::vector<Event> due_;  // of the present tick, sorted
  std::size_t next_due_ = 0;
  std::uint64_t tick_ = 0;
  std::uint64_t scheduled_ = 0;
  std::size_t pending_ = 0;
  Instant now_{};
};

using EventWheel = TickWheel<Happening>;
using Scheduled = EventWheel::Event;

}  // namespace starling::sim
