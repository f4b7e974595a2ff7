#include "loadsim/crowd/plan.h"

#include <gtest/gtest.h>

#include <set>

namespace starling::crowd {
namespace {

const Plan::Size kSize{.cluster = 3, .users = 120, .members = 8, .passes = 3};

TEST(Plan, EverybodyIsInOneRoomOfEachPass) {
  const Plan plan(kSize, 7);
  EXPECT_EQ(plan.rooms(), 45u);
  for (std::uint32_t pass = 0; pass < plan.passes(); ++pass) {
    std::set<std::pair<std::uint32_t, std::uint32_t>> taken;
    for (std::uint32_t user = 0; user < plan.users(); ++user) {
      const Place place = plan.place_of(user, pass);
      EXPECT_EQ(plan.pass_of(place.room), pass);
      EXPECT_LT(place.seat, plan.members());
      EXPECT_TRUE(taken.emplace(place.room, place.seat).second);
      EXPECT_EQ(plan.user_at(place), user);
    }
  }
}

TEST(Plan, PassesMixPeople) {
  const Plan plan(kSize, 7);
  std::set<std::uint32_t> second;
  for (std::uint32_t seat = 0; seat < plan.members(); ++seat) {
    second.insert(plan.place_of(plan.user_at({.room = 0, .seat = seat}), 1).room);
  }
  EXPECT_GT(second.size(), 1u);
}

TEST(Plan, IdsAreOfOneNode) {
  const Plan plan(kSize, 7);
  Plan::Size next = kSize;
  next.cluster = 4;
  const Plan other(next, 7);
  for (const std::uint32_t user : {0u, 119u}) {
    EXPECT_EQ(plan.user_of(plan.user_id(user)), user);
    EXPECT_GE(other.user_of(plan.user_id(user)), other.users());
    EXPECT_GE(plan.user_of(other.user_id(user)), plan.users());
  }
  EXPECT_EQ(plan.room_of(plan.room_id(44)), 44u);
  EXPECT_GE(other.room_of(plan.room_id(44)), other.rooms());
}

}  // namespace
}  // namespace starling::crowd
