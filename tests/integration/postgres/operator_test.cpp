// What the operator does to a database beside its servers.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "server/store/postgres/accounts.h"
#include "server/store/postgres/inspect.h"
#include "server/store/postgres/migrate.h"
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
  constexpr std::uint64_t kMembers = 2200;  // more than a slice
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
  const auto check = postgres::check_log(database.conninfo(), kRoom);
  EXPECT_TRUE(check->good()) << check->fault;
  EXPECT_EQ(database.sql().run("SELECT count(*) FROM events WHERE room_id = 2"), std::to_string(kMembers));
}

TEST(PostgresOperator, RoomsAreListedShownAndVerified) {
  support::Database database;
  seed(database, 20);
  std::vector<store::RoomSummary> rooms;
  ASSERT_TRUE(postgres::each_room(database.conninfo(), [&](const store::RoomSummary& room) { rooms.push_back(room); }));
  ASSERT_EQ(rooms.size(), 2u);
  EXPECT_EQ(rooms[1].room, RoomId(2));
  EXPECT_EQ(rooms[1].members, 20u);

  const auto view = postgres::room_show(database.conninfo(), kRoom);
  ASSERT_TRUE(view.has_value()) << view.error();
  EXPECT_EQ(view->title, rooms[0].title);
  EXPECT_EQ(view->members.size(), 20u);
  EXPECT_FALSE(postgres::room_show(database.conninfo(), RoomId(99))->exists);
  database.sql().run("UPDATE members SET leave_seq = 20, banned = true WHERE room_id = 1 AND user_id = 5");
  const auto members = postgres::members_of(database.conninfo(), kRoom);
  ASSERT_EQ(members->size(), 20u);
  EXPECT_EQ(members->back().user, UserId(5));
  EXPECT_EQ(members->back().role, wire::Role::None);
  EXPECT_TRUE(members->back().banned);

  const auto last = postgres::last_events(database.conninfo(), kRoom, 3);
  ASSERT_EQ(last->size(), 3u);
  EXPECT_EQ(last->front().seq, Seq(18));
  const auto whole = postgres::check_log(database.conninfo(), kRoom);
  EXPECT_TRUE(whole->good()) << whole->fault;
  EXPECT_EQ(whole->events, 20u);
  EXPECT_EQ(whole->checkpoints, 0u);
  database.sql().run("UPDATE rooms SET msg_no = 3 WHERE room_id = 1");
  EXPECT_EQ(postgres::check_log(database.conninfo(), kRoom)->fault, "the room counts 3 messages, its log 0");
  database.sql().run("UPDATE rooms SET msg_no = 0, head = 19 WHERE room_id = 1");
  EXPECT_EQ(postgres::check_log(database.conninfo(), kRoom)->fault, "there are events outside of 1 to 19");
  database.sql().run("UPDATE rooms SET head = 20, min_seq = 3 WHERE room_id = 1");
  EXPECT_EQ(postgres::check_log(database.conninfo(), kRoom)->fault, "the log was cut without a checkpoint");
  database.sql().run("UPDATE rooms SET min_seq = 1 WHERE room_id = 1; INSERT INTO checkpoints VALUES (1, 21, 4711)");
  EXPECT_EQ(postgres::check_log(database.conninfo(), kRoom)->fault, "the checkpoint at 21 is beyond the head");
  database.sql().run("INSERT INTO checkpoints VALUES (1, 10, 4711)");
  EXPECT_EQ(postgres::check_log(database.conninfo(), kRoom)->fault, "the checkpoint at 10 is not the log's fold");
  database.sql().run("DELETE FROM events WHERE room_id = 1 AND seq IN (7, 20)");
  EXPECT_EQ(postgres::check_log(database.conninfo(), kRoom)->fault, "event 7 is missing");
  database.sql().run("DELETE FROM events WHERE room_id = 1 AND seq > 4");
  EXPECT_EQ(postgres::check_log(database.conninfo(), kRoom)->fault, "events 5 to 20 are missing");
}

TEST(PostgresOperator, AnEventThatIsYoungEndsTheCutInWhateverSliceItIs) {
  support::Database database;
  seed(database, 2200);
  database.sql().run("UPDATE events SET ts = ts + 60000 WHERE room_id = 1 AND seq IN (2100, 2150)");
  const auto cut = postgres::cut_logs(database.conninfo(), {.older_than = kSeeded + std::chrono::seconds(1)});
  ASSERT_TRUE(cut.has_value()) << cut.error();
  EXPECT_EQ(database.sql().run("SELECT min_seq FROM rooms WHERE room_id = 1"), "2100");
}

TEST(PostgresOperator, NothingOfTheOperatorsIsTooSlow) {
  support::Database database;
  seed(database, 20);
  std::size_t rooms = 0;
  const auto listed = postgres::each_room(database.conninfo(), [&](const store::RoomSummary&) {
    if (++rooms == 1) std::this_thread::sleep_for(std::chrono::seconds(3));  // a pager that nobody pages
  });
  EXPECT_TRUE(listed.has_value()) << listed.error();
  EXPECT_EQ(rooms, 2u);
  database.sql().run(
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(5); RETURN NULL; END'; "
      "CREATE TRIGGER slow BEFORE DELETE ON events EXECUTE FUNCTION slow()");
  const auto cut =
      postgres::cut_logs(database.conninfo(), {.older_than = kSeeded + std::chrono::seconds(1), .rooms = {kRoom}});
  EXPECT_TRUE(cut.has_value()) << cut.error();
  database.sql().run("DROP FUNCTION slow CASCADE");
}

TEST(PostgresOperator, WhatIsYoungStaysAndARoomThatIsNotThereIsRefused) {
  support::Database database;
  seed(database, 20);
  EXPECT_EQ(postgres::cut_logs(database.conninfo(), {.older_than = kSeeded})->events, 0u);
  const auto none = postgres::cut_logs(database.conninfo(), {.older_than = kSeeded, .rooms = {RoomId(99)}});
  ASSERT_FALSE(none.has_value());
  EXPECT_NE(none.error().find("there is no room 99"), std::string::npos) << none.error();
}

TEST(PostgresOperator, WhatOnlyLooksOrCutsLeavesAnOlderSchemaAlone) {
  support::Database database;
  seed(database, 20);
  const std::string newest = std::to_string(postgres::newest_schema());
  database.sql().run("DELETE FROM migrations WHERE number = " + newest);
  const auto refusals = {postgres::read_accounts(database.conninfo(), ports::AnyAccount{}).error(),
                         postgres::each_room(database.conninfo(), [](const store::RoomSummary&) {}).error(),
                         postgres::cut_logs(database.conninfo(), {.older_than = kSeeded}).error()};
  for (const std::string& refusal : refusals) {
    EXPECT_NE(refusal.find("this program needs " + newest + ": starlingctl migrate"), std::string::npos) << refusal;
  }
  EXPECT_EQ(database.sql().run("SELECT count(*) FROM migrations WHERE number = " + newest), "0");
  database.sql().run("INSERT INTO migrations VALUES (" + newest + ", now())");
}

TEST(PostgresOperator, AccountsAreMadeAndFoundInADatabaseThatWasEmpty) {
  support::Database database;
  const ports::CreateAccount create{
      .account = {.profile = {.user = UserId(7), .handle = "ada", .display_name = "Ada", .avatar_color = "#112233"},
                  .password_hash = "$hash",
                  .created = kSeeded}};
  const auto made = postgres::change_accounts(
      database.conninfo(), {.request = ports::AccountChange(create),
                            .audit = ports::AuditEntry{.kind = "register", .at = kSeeded, .user = UserId(7)}});
  ASSERT_TRUE(made.has_value()) << made.error();
  EXPECT_EQ(std::get<ports::AccountCreated>(*made).creation, ports::Creation::Created);
  EXPECT_EQ(database.sql().run("SELECT kind || by_user FROM audit"), "register0");
  const auto found = postgres::read_accounts(database.conninfo(), ports::FindAccount{.handle = "ada"});
  ASSERT_TRUE(found.has_value()) << found.error();
  EXPECT_EQ(std::get<ports::AccountFound>(*found).account->profile.user, UserId(7));
  EXPECT_FALSE(postgres::read_accounts(std::string("host=127.0.0.1 port=1"), ports::AnyAccount{}).has_value());
}

}  // namespace
}  // namespace starling::integration
