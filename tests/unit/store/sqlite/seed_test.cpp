#include "server/store/sqlite/seed.h"

#include <gtest/gtest.h>

#include "server/store/sqlite/backup.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::store {
namespace {

TEST(Seed, TwoUsersAndARoomBringThemTogether) {
  const TempDatabase database;
  const auto report = seed(database.path(), {.users = 2, .rooms = 1});
  ASSERT_TRUE(report.has_value()) << report.error();
  EXPECT_EQ(report->rooms_made, 1u);
  EXPECT_EQ(report->members, 2u);
  EXPECT_EQ(
      TempDatabase::number(database.path(), "SELECT count(*) FROM members WHERE room_id = 1 AND user_id IN (1, 2)"), 2);
  EXPECT_EQ(TempDatabase::number(database.path(), "SELECT count(*) FROM members WHERE role = 4"), 1);
}

TEST(Seed, EveryUserGetsAsManyRoomsAsAnyOther) {
  const TempDatabase database;
  ASSERT_TRUE(
      seed(database.path(), {.first_user = 1000, .users = 70, .rooms = 33, .members_per_room = 20}).has_value());
  const char* per_user = "(SELECT count(*) AS n FROM members GROUP BY user_id)";
  EXPECT_EQ(TempDatabase::number(database.path(), (std::string("SELECT min(n) FROM ") + per_user).c_str()), 660 / 70);
  EXPECT_EQ(TempDatabase::number(database.path(), (std::string("SELECT max(n) FROM ") + per_user).c_str()),
            660 / 70 + 1);
  EXPECT_EQ(TempDatabase::number(database.path(), "SELECT min(user_id) FROM members"), 1000);
  EXPECT_EQ(TempDatabase::number(database.path(),
                                 "SELECT count(*) FROM rooms WHERE head = 20 AND title = 'room ' || room_id"),
            33);
  EXPECT_TRUE(verify(database.path()).has_value()) << "the logs are valid";
}

TEST(Seed, RepeatingItLeavesWhatIsThere) {
  const TempDatabase database;
  const SeedPlan plan{.users = 10, .rooms = 4, .members_per_room = 5};
  ASSERT_TRUE(seed(database.path(), plan).has_value());
  TempDatabase::sql(database.path(), "UPDATE rooms SET title = 'mine' WHERE room_id = 2");
  const auto members = TempDatabase::number(database.path(), "SELECT sum(user_id * room_id) FROM members");
  SeedPlan more = plan;
  more.rooms = 6;
  const auto report = seed(database.path(), more);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->rooms_existing, 4u);
  EXPECT_EQ(report->rooms_made, 2u);
  EXPECT_EQ(TempDatabase::number(database.path(), "SELECT sum(user_id * room_id) FROM members WHERE room_id <= 4"),
            members);
  EXPECT_EQ(TempDatabase::number(database.path(), "SELECT count(*) FROM rooms WHERE title = 'mine'"), 1);
}

TEST(Seed, AnotherSeedDealsOtherMembers) {
  const TempDatabase one;
  const TempDatabase two;
  ASSERT_TRUE(seed(one.path(), {.users = 100, .rooms = 3, .members_per_room = 10, .seed = 1}).has_value());
  ASSERT_TRUE(seed(two.path(), {.users = 100, .rooms = 3, .members_per_room = 10, .seed = 2}).has_value());
  const char* sum = "SELECT sum(user_id * user_id * room_id) FROM members";
  EXPECT_NE(TempDatabase::number(one.path(), sum), TempDatabase::number(two.path(), sum));
}

TEST(Seed, NothingToSeedIsAnError) {
  const TempDatabase database;
  EXPECT_FALSE(seed(database.path(), {.users = 0, .rooms = 1}).has_value());
  EXPECT_FALSE(seed(database.path(), {.users = 1, .rooms = 0}).has_value());
}

}  // namespace
}  // namespace starling::store
