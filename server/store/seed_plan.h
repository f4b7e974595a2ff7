// What rooms and members are made before a server starts, whatever store they go into: for demos, load runs and benchmarks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/rng.h"
#include "common/base/time.h"

namespace starling::store {

/// Users first_user … first_user + users - 1; rooms 1 … rooms, titled "room N". Members are drawn from `seed`, each user
/// into as many rooms as any other, give or take one.
struct SeedPlan {
  std::uint64_t first_user = 1;
  std::uint64_t users = 0;
  std::uint64_t rooms = 0;
  std::uint64_t members_per_room = 100;  // all users when there are fewer
  std::uint64_t seed = 1;
  bool people = false;  // with names: accounts that nobody can log in to, and titles for the rooms
  WallTime now;
};

struct SeedReport {
  std::uint64_t rooms_made = 0;
  std::uint64_t rooms_existing = 0;  // left as they were
  std::uint64_t members = 0;         // of the rooms made
};

/// What is wrong with a plan, and what to do.
std::optional<std::string> refusal(const SeedPlan& plan);

struct SeedRoom {
  RoomId room;
  std::string title;
  std::vector<UserId> members;  // the owner first
};

/// Deals users to rooms from a shuffled deck, and from a new one when it is used up: nobody is dealt twice while another
/// has not been dealt once.
class SeedRooms {
 public:
  explicit SeedRooms(const SeedPlan& plan);

  /// Rooms 1, 2, …; nothing after the last.
  std::optional<SeedRoom> next();

 private:
  std::vector<UserId> deal(std::uint64_t count);
  void shuffle();

  const SeedPlan& plan_;
  Rng rng_;
  std::vector<UserId> cards_;
  std::size_t next_card_;
  std::uint64_t room_ = 0;  // the last one dealt
};

}  // namespace starling::store
