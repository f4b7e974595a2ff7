// Who is in which room: a pure function of (seed, room, slot), so that every worker knows it without being told.
#pragma once

#include <cstdint>
#include <vector>

#include "loadsim/users/scenario.h"

namespace starling::users {

class RoomPlan {
 public:
  RoomPlan(const Scenario& scenario, std::uint64_t seed);

  std::uint32_t rooms() const { return rooms_; }
  /// User indices, each once; the first makes the room. Every user is in as many rooms as any other, give or take one,
  /// but for rooms that name somebody twice: they are that much smaller.
  std::vector<std::uint32_t> members(std::uint32_t room) const;

 private:
  std::uint32_t user_at(std::uint64_t slot) const;

  std::uint32_t rooms_;
  std::uint32_t members_;
  std::uint32_t users_;
  std::uint64_t seed_;
};

}  // namespace starling::users
