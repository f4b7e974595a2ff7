// Rooms and members made before the server starts: for demos, load runs and benchmarks.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/ids.h"
#include "common/base/result.h"
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

/// Repeating it changes nothing. The error says what to do.
Result<SeedReport, std::string> seed(const std::string& path, const SeedPlan& plan);

}  // namespace starling::store
