#include "loadsim/users/room_plan.h"

#include <algorithm>
#include <numeric>

#include "common/base/rng.h"
#include "common/base/sort_unique.h"

namespace starling::users {
namespace {

constexpr std::uint64_t kPlanStream = 0x9A;

}  // namespace

RoomPlan::RoomPlan(const Scenario& scenario, std::uint64_t seed)
    : rooms_(scenario.rooms.count),
      members_(std::min(scenario.rooms.direct ? 2 : scenario.rooms.members, scenario.users)),
      users_(scenario.users),
      seed_(seed) {}

/// All slots of all rooms are one row; each stretch of it as long as there are users is a shuffle of them, x -> ax + b.
std::uint32_t RoomPlan::user_at(std::uint64_t slot) const {
  const std::uint64_t pass = slot / users_;
  std::uint64_t a = 1 + draw(seed_, kPlanStream, pass, 0) % users_;
  while (std::gcd(a, std::uint64_t{users_}) != 1) ++a;
  const std::uint64_t b = draw(seed_, kPlanStream, pass, 1) % users_;
  return static_cast<std::uint32_t>((a * (slot % users_) + b) % users_);
}

std::vector<std::uint32_t> RoomPlan::members(std::uint32_t room) const {
  std::vector<std::uint32_t> found;
  found.reserve(members_);
  for (std::uint32_t i = 0; i < members_; ++i) found.push_back(user_at(std::uint64_t{room} * members_ + i));
  const std::uint32_t maker = found.front();
  sort_unique(found);
  if (found.size() == 1 && users_ > 1) found.push_back((maker + 1) % users_);
  std::iter_swap(found.begin(), std::find(found.begin(), found.end(), maker));
  return found;
}

}  // namespace starling::users
