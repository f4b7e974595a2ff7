#include "loadsim/users/room_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace starling::users {
namespace {

Scenario scenario(std::uint32_t users, std::uint32_t rooms, std::uint32_t members) {
  Scenario made;
  made.users = users;
  made.rooms.count = rooms;
  made.rooms.members = members;
  return made;
}

TEST(RoomPlan, EveryUserIsInAsManyRoomsAsAnyOther) {
  const Scenario plan_of = scenario(100, 50, 20);
  const RoomPlan plan(plan_of, 3);
  std::vector<int> rooms_of(100);
  for (std::uint32_t room = 0; room < plan.rooms(); ++room) {
    for (const std::uint32_t user : plan.members(room)) ++rooms_of[user];
  }
  EXPECT_EQ(10, *std::min_element(rooms_of.begin(), rooms_of.end()));
  EXPECT_EQ(10, *std::max_element(rooms_of.begin(), rooms_of.end()));
}

TEST(RoomPlan, NobodyIsInARoomTwice) {
  const Scenario plan_of = scenario(37, 60, 30);
  const RoomPlan plan(plan_of, 9);
  for (std::uint32_t room = 0; room < plan.rooms(); ++room) {
    const auto members = plan.members(room);
    EXPECT_EQ(members.size(), std::set<std::uint32_t>(members.begin(), members.end()).size()) << "room " << room;
    EXPECT_LE(*std::max_element(members.begin(), members.end()), 36u);
  }
}

TEST(RoomPlan, DirectRoomsAreOfTwo) {
  Scenario plan_of = scenario(31, 60, 2);
  plan_of.rooms.direct = true;
  const RoomPlan plan(plan_of, 1);
  for (std::uint32_t room = 0; room < plan.rooms(); ++room) EXPECT_EQ(2u, plan.members(room).size()) << "room " << room;
}

TEST(RoomPlan, AllWorkersComeToTheSamePlan) {
  const Scenario plan_of = scenario(500, 40, 25);
  EXPECT_EQ(RoomPlan(plan_of, 4).members(17), RoomPlan(plan_of, 4).members(17));
  EXPECT_NE(RoomPlan(plan_of, 4).members(17), RoomPlan(plan_of, 5).members(17));
}

}  // namespace
}  // namespace starling::users
