// What is seeded is the same log, whatever store it goes into.
#include "server/store/postgres/seed.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "server/store/postgres/ledger.h"
#include "server/store/sqlite/inspect.h"
#include "server/store/sqlite/seed.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

template <class Dump>
std::string dumped(Dump&& dump) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* out = ::open_memstream(&text, &size);
  const auto result = dump(out);
  EXPECT_TRUE(result.has_value()) << result.error();
  std::fclose(out);
  std::string copy(text, size);
  std::free(text);
  return copy;
}

TEST(PostgresSeed, IsTheSameLogAsInSqliteAndIsMadeOnce) {
  const store::SeedPlan plan{
      .first_user = 5, .users = 300, .rooms = 4, .members_per_room = 280, .seed = 7, .now = wall_from_ms(1234)};
  support::Database database;
  const auto made = postgres::seed(database.conninfo(), plan);
  ASSERT_TRUE(made.has_value()) << made.error();
  EXPECT_EQ(made->rooms_made, 4u);
  EXPECT_EQ(made->members, 1120u);
  EXPECT_EQ(database.sql().run("SELECT reltuples FROM pg_class WHERE oid = 'starling.members'::regclass"), "1120")
      << "a planner that knows of no rows may read all of them for one";

  const std::filesystem::path folder = testing::TempDir() + "starling-seed-" + std::to_string(::getpid());
  std::filesystem::create_directory(folder);
  const std::string path = folder / "starling.db";
  ASSERT_TRUE(store::seed(path, plan).has_value());
  const auto there = [&](std::FILE* out) { return postgres::dump_ledger(database.conninfo(), {}, out); };
  const std::string before = dumped(there);
  EXPECT_EQ(before, dumped([&](std::FILE* out) { return store::dump_ledger(path, {}, out); }));
  std::filesystem::remove_all(folder);

  const auto again = postgres::seed(database.conninfo(), plan);
  ASSERT_TRUE(again.has_value()) << again.error();
  EXPECT_EQ(again->rooms_made, 0u);
  EXPECT_EQ(again->rooms_existing, 4u);
  EXPECT_EQ(before, dumped(there));
}

TEST(PostgresSeed, NothingAndPeopleWithNamesAreRefusedWithAReason) {
  EXPECT_NE(postgres::seed(std::string("host=unused"), {.users = 1}).error().find("at least one user"),
            std::string::npos);
  EXPECT_NE(
      postgres::seed(std::string("host=unused"), {.users = 1, .rooms = 1, .people = true}).error().find("--people"),
      std::string::npos);
}

}  // namespace
}  // namespace starling::integration
