// Who is in which room of a crowd's cluster: a pure function and its inverse, so that neither the store nor the users keep it.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace starling::crowd {

/// When the made-up time begins: 2026-01-01.
inline constexpr WallTime kBeginning = wall_from_ms(1'767'225'600'000);

/// A user's place in the room of one of its passes. A pass puts every user of the cluster into one room.
struct Place {
  std::uint32_t room = 0;  // of the cluster, from 0
  std::uint32_t seat = 0;  // in the room
};

class Plan {
 public:
  struct Size {
    std::uint32_t cluster = 0;  // whose ids come after those of the clusters before it
    std::uint32_t users = 0;    // a multiple of members
    std::uint32_t members = 0;
    std::uint32_t passes = 0;  // rooms of each user
  };
  Plan(Size size, std::uint64_t seed) : size_(size), shuffles_(shuffles(size, seed)) {}

  std::uint32_t users() const { return size_.users; }
  std::uint32_t members() const { return size_.members; }
  std::uint32_t passes() const { return size_.passes; }
  std::uint32_t rooms() const { return rooms_a_pass() * size_.passes; }

  Place place_of(std::uint32_t user, std::uint32_t pass) const;
  std::uint32_t user_at(Place place) const;
  std::uint32_t pass_of(std::uint32_t room) const { return room / rooms_a_pass(); }

  UserId user_id(std::uint32_t user) const { return UserId(first(size_.users) + user); }
  /// Each has one.
  DeviceId device_id(std::uint32_t user) const { return DeviceId(user_id(user).value); }
  RoomId room_id(std::uint32_t room) const { return RoomId(first(rooms()) + room); }
  /// users() or rooms() and beyond: not of this cluster.
  std::uint32_t user_of(UserId id) const { return index_of(id.value - first(size_.users)); }
  std::uint32_t user_of(DeviceId id) const { return user_of(UserId(id.value)); }
  std::uint32_t room_of(RoomId id) const { return index_of(id.value - first(rooms())); }

 private:
  /// x -> ax + b (mod users) and back.
  struct Shuffle {
    std::uint64_t a = 1;
    std::uint64_t b = 0;
    std::uint64_t inverse = 1;  // of a
  };

  std::uint32_t rooms_a_pass() const { return size_.users / size_.members; }
  std::uint64_t first(std::uint32_t count) const { return std::uint64_t{size_.cluster} * count + 1; }
  static std::uint32_t index_of(std::uint64_t distance) {
    return distance < UINT32_MAX ? static_cast<std::uint32_t>(distance) : UINT32_MAX;
  }
  static std::vector<Shuffle> shuffles(const Size& size, std::uint64_t seed);

  Size size_;
  std::vector<Shuffle> shuffles_;  // by pass
};

}  // namespace starling::crowd
