// Who reads in which room now, and whose turn it is to send. Owner: the load's one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "common/base/ids.h"

namespace starling::bench {

class Rooms {
 public:
  struct Room {
    RoomId id;
    std::vector<std::uint32_t> readers;  // peers that are ready and read
    std::size_t turn = 0;
    Seq head;                // the highest seq that any peer saw
    std::size_t behind = 0;  // readers of heads that have not been told of it yet
  };

  /// Where the room is; made when it is new.
  std::uint32_t place_of(RoomId id) {
    const auto [it, fresh] = places_.try_emplace(id, static_cast<std::uint32_t>(rooms_.size()));
    if (fresh) rooms_.push_back({.id = id});
    return it->second;
  }

  void joined(std::uint32_t place, std::uint32_t peer) { rooms_[place].readers.push_back(peer); }
  void left(std::uint32_t place, std::uint32_t peer) { std::erase(rooms_[place].readers, peer); }
  void saw(std::uint32_t place, Seq seq) {
    Room& room = rooms_[place];
    if (seq <= room.head) return;
    room.head = seq;
    room.behind = room.readers.size();
  }
  /// A reader has heard of that head, for the first time.
  void told(std::uint32_t place, Seq seq) {
    saw(place, seq);
    if (seq == rooms_[place].head) --rooms_[place].behind;
  }
  std::size_t behind() const {
    std::size_t sum = 0;
    for (const Room& room : rooms_) sum += room.behind;
    return sum;
  }

  std::size_t size() const { return rooms_.size(); }
  Room& at(std::uint32_t place) { return rooms_[place]; }

 private:
  std::unordered_map<RoomId, std::uint32_t> places_;
  std::vector<Room> rooms_;
};

}  // namespace starling::bench
