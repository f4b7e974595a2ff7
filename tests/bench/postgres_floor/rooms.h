// The floor's rooms, and the next batch of each: messages of its one member from one device.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/rng.h"
#include "server/store/postgres/call.h"

namespace starling::bench {

class FloorRooms {
 public:
  /// Makes them, with ids far from those of a seed. Exits with a message when the database does not.
  FloorRooms(const std::string& conninfo, std::uint32_t count, std::uint32_t body_bytes);

  /// Of `rows` messages on the average, which is met by as many or one more. Not again before it was answered.
  postgres::Call next_batch(std::uint32_t room, double rows);
  /// How many messages the last one of that room had.
  std::uint32_t rows_in_flight(std::uint32_t room) const { return rooms_[room].rows; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(rooms_.size()); }

 private:
  struct Room {
    Cseq next{1};
    std::uint32_t rows = 0;
  };

  std::vector<Room> rooms_;
  std::string body_;
  Rng rng_{1};
};

}  // namespace starling::bench
