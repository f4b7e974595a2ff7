#include "server/store/sqlite/migrate.h"

#include <gmock/gmock.h>

#include <fstream>

#include "server/store/sqlite/migrations.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::store {
namespace {

using testing::HasSubstr;

TEST(Migrate, AnAbsentFileGetsTheWholeSchema) {
  const TempDatabase database;
  const auto report = migrate(database.path());
  ASSERT_TRUE(report.has_value()) << report.error();
  EXPECT_EQ(report->from, 0);
  EXPECT_EQ(report->to, newest_schema());
  EXPECT_EQ(TempDatabase::number(database.path(), "SELECT count(*) FROM sqlite_schema WHERE name = 'events'"), 1);
}

TEST(Migrate, AnEmptyFileIsAnAbsentOne) {
  const TempDatabase database;
  TempDatabase::put_bytes(database.path(), "");
  EXPECT_TRUE(migrate(database.path()).has_value());
}

TEST(Migrate, RepeatingItChangesNothing) {
  const TempDatabase database;
  ASSERT_TRUE(migrate(database.path()).has_value());
  const auto again = migrate(database.path());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->from, newest_schema());
}

TEST(Migrate, ANewerSchemaIsRefusedAndSaysWhatToDo) {
  const TempDatabase database;
  ASSERT_TRUE(migrate(database.path()).has_value());
  TempDatabase::sql(database.path(), "PRAGMA user_version = 999");
  const auto refused = migrate(database.path());
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), HasSubstr("schema 999"));
  EXPECT_THAT(refused.error(), HasSubstr("newer version"));
  EXPECT_EQ(TempDatabase::number(database.path(), "PRAGMA user_version"), 999);
}

TEST(Migrate, ADatabaseOfAnotherProgramIsNotTouched) {
  const TempDatabase database;
  TempDatabase::sql(database.path(), "CREATE TABLE rooms (a)");
  const auto refused = migrate(database.path());
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), HasSubstr("another program"));
  EXPECT_EQ(TempDatabase::number(database.path(), "PRAGMA user_version"), 0);
}

TEST(Migrate, AMigrationThatWasCutOffLeavesNothing) {
  const TempDatabase database;
  {
    Connection connection({.path = database.path(), .mode = Connection::Mode::Create});
    connection.exec("BEGIN IMMEDIATE");
    connection.exec(migrations().front().sql);
    connection.exec("PRAGMA user_version = 1");
  }
  EXPECT_EQ(TempDatabase::number(database.path(), "SELECT count(*) FROM sqlite_schema"), 0);
  EXPECT_TRUE(migrate(database.path()).has_value());
}

TEST(Migrate, EveryMigrationIsEmbedded) {
  ASSERT_FALSE(migrations().empty());
  EXPECT_EQ(migrations().front().name, "0001_log.sql");
  EXPECT_THAT(migrations().front().sql, HasSubstr("CREATE TABLE events"));
}

}  // namespace
}  // namespace starling::store
