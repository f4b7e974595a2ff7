// What a directory holds: the newest events of rooms, each for a while. Values only; time comes with each call.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "server/ports/directory.h"

namespace starling::sim {

class TailCache {
 public:
  /// Of more than `rooms_max` rooms, those written longest ago are evicted.
  TailCache(const ports::TailLimits& limits, std::uint32_t rooms_max) : limits_(limits), rooms_max_(rooms_max) {}

  void append(const ports::AppendTail& request, Instant now);
  void forget(RoomId room) { rooms_.erase(room); }
  std::vector<wire::Event> read(const ports::ReadTail& request, Instant now) const;
  bool empty() const { return rooms_.empty(); }
  void clear() { rooms_.clear(); }

 private:
  struct Kept {
    Epoch epoch;
    std::deque<wire::Event> events;
    std::size_t bytes = 0;
    Instant written{};
  };

  bool is_over(const Kept& kept, Instant now) const { return kept.written + limits_.life <= now; }
  void trim(Kept& kept) const;
  void make_room_for(RoomId room, Instant now);

  ports::TailLimits limits_;
  std::uint32_t rooms_max_;
  std::map<RoomId, Kept> rooms_;
};

}  // namespace starling::sim
