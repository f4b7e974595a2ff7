// What the operator does to a database beside its servers.
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "server/store/postgres/accounts.h"
#include "server/store/postgres/retention.h"
#include "server/store/postgres/seed.h"
#include "tests/integration/postgres/asked_store.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

constexpr RoomId kRoom{1};
constexpr WallTime kSeeded = wall_from_ms(1'000'000);

/// Room 1 has as many events as members, all of one time.
void seed(const support::Database& database, std::uint64_t members) {
  const auto made = postgres::seed(
      database.conninfo(), {.users = members, .rooms = 2, .members_per_room = members, .seed = 3, .now = kSeeded});
  ASSERT_TRUE(made.has_value()) << made.error();
}

ports::PageRead page_from(AskedStore& store, Seq after) {
  return store.get<ports::PageRead>(ports::ReadPage{.room = kRoom, .from = after, .limit = 10, .bytes_max = 100'000});
}

TEST(PostgresOperator, LogsThatAreCutGoOnWithTheSameFold) {
  constexpr std::uint64_t kMembers = 5000;  // several slices
  support::Database database;
  seed(database, kMembers);
  AskedStore store({.conninfo = database.conninfo(), .durability = postgres::Durability::Local});
  const ports::PageRead whole = page_from(store, Seq(kMembers - 1));
  ASSERT_EQ(whole.events.size(), 1u);

  store::RetentionPlan plan{.older_than = kSeeded + std::chrono::seconds(1), .rooms = {kRoom}, .dry_run = true};
  EXPECT_EQ(postgres::cut_logs(database.conninfo(), plan)->events, kMembers - 1);
  EXPECT_EQ(page_from(store, Seq()).min_seq, Seq(1));
  plan.dry_run = false;
  const auto cut = postgres::cut_logs(database.conninfo(), plan);
  ASSERT_TRUE(cut.has_value()) << cut.error();
  EXPECT_EQ(cut->rooms_cut, 1u);
  EXPECT_EQ(cut->events, kMembers - 1);
  EXPECT_GT(cut->slices, 1u);

  const ports::PageRead left = page_from(store, Seq());
  EXPECT_EQ(left.min_seq, Seq(kMembers));
  ASSERT_EQ(left.events.size(), 1u);
  EXPECT_EQ(left.events.front().seq, Seq(kMembers));
  EXPECT_EQ(left.hash_before, whole.hash_before);
  const auto loaded = store.get<ports::RoomLoaded>(ports::LoadRoom{kRoom});
  EXPECT_EQ(loaded.members.size(), kMembers);
  EXPECT_EQ(loaded.min_seq, Seq(kMembers));
  EXPECT_EQ(database.sql().run("SELECT count(*) FROM events WHERE room_id = 2"), std::to_string(kMembers));
}

TEST(PostgresOperator, WhatIsYoungStaysAndARoomThatIsNotThereIsRefused) {
  support::Database database;
  seed(database, 20);
  EXPECT_EQ(postgres::cut_logs(database.conninfo(), {.older_than = kSeeded})->events, 0u);
  const auto none = postgres::cut_logs(database.conninfo(), {.older_than = kSeeded, .rooms = {RoomId(99)}});
  ASSERT_FALSE(none.has_value());
  EXPECT_NE(none.error().find("there is no room 99"), std::string::npos) << none.error();
}

TEST(PostgresOperator, AccountsAreMadeAndFoundInADatabaseThatWasEmpty) {
  support::Database database;
  const ports::CreateAccount create{
      .account = {.profile = {.user = UserId(7), .handle = "ada", .display_name = "Ada", .avatar_color = "#112233"},
                  .password_hash = "$hash",
                  .created = kSeeded}};
  const auto made = postgres::change_accounts(
      database.conninfo(),
      {.request = ports::AccountChange(create),
       .audit = ports::AuditEntry{.kind = "register", .at = kSeeded, .user = UserId(7)}});
  ASSERT_TRUE(made.has_value()) << made.error();
  EXPECT_EQ(std::get<ports::AccountCreated>(*made).creation, ports::Creation::Created);
  EXPECT_EQ(database.sql().run("SELECT kind || by_user FROM audit"), "register0");
  const auto found = postgres::read_accounts(database.conninfo(), ports::FindAccount{.handle = "ada"});
  ASSERT_TRUE(found.has_value()) << found.error();
  EXPECT_EQ(std::get<ports::AccountFound>(*found).account->profile.user, UserId(7));
  EXPECT_FALSE(postgres::read_accounts("host=127.0.0.1 port=1", ports::AnyAccount{}).has_value());
}

}  // namespace
}  // namespace starling::integration
