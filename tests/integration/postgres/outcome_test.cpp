// What is answered when connections die, locks are held and values are refused.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/contract/store/room_script.h"
#include "tests/integration/postgres/asked_store.h"
#include "tests/support/postgres/cluster.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

using contract::batch;
using contract::group;
using contract::kAda;
using contract::kBob;
using contract::kNoon;
using contract::kOwner;
using contract::kRoom;
using contract::kStranger;
using contract::row;
using ports::StoreStatus;
using testing::ElementsAre;
using testing::HasSubstr;

class PostgresOutcome : public testing::Test {
 protected:
  PostgresOutcome() { store_.run(group({kAda, kBob})); }

  /// Of this test's database.
  std::string waiting_for_a_lock(const std::string& what) {
    return database_.sql().run(fmt::format(
        "SELECT {} FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", what));
  }
  static std::vector<wire::SendStatus> statuses(const ports::StoreCompletion& completion) {
    std::vector<wire::SendStatus> found;
    for (const auto& each : std::get<ports::Committed>(completion.result).results) found.push_back(each.status);
    return found;
  }

  support::Database database_;
  support::Sql rival_{database_.conninfo()};
  AskedStore store_{{.conninfo = database_.conninfo(), .connections = 2, .durability = postgres::Durability::Local}};
};

TEST_F(PostgresOutcome, ABackendThatDiesInACommitLeavesItsOutcomeUnknownAndTheIdenticalRepeatDecides) {
  rival_.run("BEGIN");
  rival_.run("SELECT 1 FROM rooms FOR UPDATE");
  auto commit = store_.start(batch({row(kAda, 1)}));
  ASSERT_TRUE(comes_true([&] { return waiting_for_a_lock("count(*)") == "1"; }));
  waiting_for_a_lock("pg_terminate_backend(pid)");
  const ports::StoreCompletion lost = commit.get();
  EXPECT_EQ(lost.status, StoreStatus::Unknown);
  EXPECT_EQ(std::get<ports::Committed>(lost.result).batch.rows.size(), 1u) << "it is given back";
  rival_.run("COMMIT");
  EXPECT_THAT(statuses(store_.insist(batch({row(kAda, 1)}))), ElementsAre(wire::SendStatus::Accepted));
  EXPECT_THAT(statuses(store_.insist(batch({row(kAda, 1)}))), ElementsAre(wire::SendStatus::Duplicate));
  EXPECT_EQ(store_.store().stats().unknown, 1u);
}

TEST_F(PostgresOutcome, ARoomThatSomebodyHoldsIsUnavailableAndItsBatchDidNotHappen) {
  rival_.run("BEGIN");
  rival_.run("SELECT 1 FROM rooms FOR UPDATE");
  EXPECT_EQ(store_.run(batch({row(kAda, 1)})).status, StoreStatus::Unavailable);
  EXPECT_EQ(store_.run(ports::LoadRoom{kRoom}).status, StoreStatus::Unavailable);
  EXPECT_EQ(store_.run(ports::ReadDevice{kRoom, contract::device_of(kAda)}).status, StoreStatus::Ok) << "no lock";
  rival_.run("ROLLBACK");
  EXPECT_THAT(statuses(store_.run(batch({row(kAda, 1)}))), ElementsAre(wire::SendStatus::Accepted));
}

TEST_F(PostgresOutcome, ALeaseAndAnAccountWaitForNoRoomAndForNobodyWhoAnalyzesAccounts) {
  rival_.run("BEGIN");
  rival_.run("LOCK TABLE accounts IN SHARE UPDATE EXCLUSIVE MODE");
  const ports::AccountChange create = ports::CreateAccount{.account = {.profile = {.user = kAda}}};
  EXPECT_EQ(store_.run(ports::ChangeAccounts{create, {}}).status, StoreStatus::Ok);
  rival_.run("SELECT 1 FROM rooms FOR UPDATE");
  std::vector<std::future<ports::StoreCompletion>> links;
  for (int i = 0; i < 3; ++i) {
    links.push_back(store_.start(ports::ChangeRooms{ports::CreateLink{.caller = kOwner, .room = kRoom}}));
  }
  ASSERT_TRUE(comes_true([&] { return waiting_for_a_lock("count(*)") == "1"; }));
  const auto lease = store_.run(ports::KeepLease{.node = {.shards = 1, .boot = 1}, .lease = std::chrono::seconds(3)});
  EXPECT_TRUE(std::get<ports::LeaseKept>(lease.result).kept);
  EXPECT_EQ(links.back().wait_for(std::chrono::seconds(0)), std::future_status::timeout)
      << "they wait for a second each";
  for (auto& link : links) EXPECT_EQ(link.get().status, StoreStatus::Unavailable);
  rival_.run("ROLLBACK");
}

TEST_F(PostgresOutcome, AChangeThatIsRepeatedIsAnsweredAsBefore) {
  const auto answer = [&](const ports::AccountChange& change) {
    return *store_.get<ports::AccountsAnswered>(ports::ChangeAccounts{change, {}}).result;
  };
  const ports::CreateInvite invite{.code = {1}, .expires = kNoon};
  const ports::InviteId made = std::get<ports::InviteMade>(answer(invite)).invite;
  EXPECT_EQ(std::get<ports::InviteMade>(answer(invite)).invite, made);

  const ports::ChangeRooms link{ports::CreateLink{.caller = kOwner, .room = kRoom, .code = {2}, .expires = kNoon}};
  const auto id_of = [&] { return std::get<ports::LinkMade>(store_.get<ports::RoomsAnswered>(link).result).link; };
  const ports::LinkId linked = id_of();
  EXPECT_EQ(id_of(), linked);

  answer(
      ports::CreateAccount{.account = {.profile = {.user = kBob, .handle = "bob"}}});  // the first needs no invitation
  const auto device = [](unsigned char n) {
    return ports::NewDevice{.device = {.device = DeviceId(n), .user = kStranger}, .family = {n}, .refresh = {n}};
  };
  const ports::CreateAccount create{
      .account = {.profile = {.user = kStranger, .handle = "eve"}, .password_hash = "with its salt"},
      .device = device(1),
      .admission = ports::Admission::Invited,
      .invite = ports::Digest{2}};
  for (int i = 0; i < 2; ++i) {
    const auto created = std::get<ports::AccountCreated>(answer(create));
    EXPECT_EQ(created.creation, ports::Creation::Created);
    EXPECT_EQ(created.room, kRoom);
    EXPECT_EQ(created.head, Seq(4));
  }
  const ports::AddDevice login{.device = device(2), .devices_max = 9};
  const ports::PutPassword password{.user = kStranger, .hash = "another", .expected = "with its salt"};
  const ports::RevokeDevices logout{.user = kStranger, .device = DeviceId(1), .now = kNoon};
  for (const ports::AccountChange& change :
       {ports::AccountChange(login), ports::AccountChange(password), ports::AccountChange(logout)}) {
    EXPECT_TRUE(std::get<ports::DevicesRevoked>(answer(change)).found);
    EXPECT_TRUE(std::get<ports::DevicesRevoked>(answer(change)).found);
  }
  EXPECT_EQ(database_.sql().run("SELECT count(*) FROM devices"), "2");
}

TEST_F(PostgresOutcome, WhatIsOldGoesInSlices) {
  database_.sql().run(
      "INSERT INTO audit (at, kind, user_id, device_id, by_user, address) "
      "SELECT n, 'login', 0, 0, 0, '' FROM generate_series(1, 2500) AS n");
  const ports::AccountChange prune = ports::PruneAccounts{.audit_before = wall_from_ms(2401)};
  const auto slice = [&] {
    const bool done =
        std::get<ports::ChangeDone>(*store_.get<ports::AccountsAnswered>(ports::ChangeAccounts{prune, {}}).result).done;
    return std::pair(done, database_.sql().run("SELECT count(*) FROM audit"));
  };
  EXPECT_EQ(slice(), std::pair(false, std::string("1500")));
  EXPECT_EQ(slice(), std::pair(false, std::string("500")));
  EXPECT_EQ(slice(), std::pair(true, std::string("100")));
}

TEST_F(PostgresOutcome, WhatTheServerRefusesIsRejectedAloneAndConsumesItsNumber) {
  const std::string no_text("har\0bour", 8);
  const auto titled = [&](std::uint32_t cseq) { return row(kOwner, cseq, wire::EventKind::RoomTitle, 0, no_text); };
  EXPECT_THAT(statuses(store_.run(batch({row(kAda, 1), titled(1), row(kOwner, 2), row(kBob, 1)}))),
              ElementsAre(wire::SendStatus::Accepted, wire::SendStatus::Rejected, wire::SendStatus::Accepted,
                          wire::SendStatus::Accepted));
  EXPECT_THAT(statuses(store_.run(batch({titled(1)}))), ElementsAre(wire::SendStatus::RejectedBefore));
  EXPECT_EQ(store_.get<ports::RoomLoaded>(ports::LoadRoom{kRoom}).title, "harbour");

  auto made = group({kAda}, 2, RoomId(71));
  made.title = no_text;
  EXPECT_EQ(store_.get<ports::RoomMade>(made).status, wire::CreateStatus::Rejected);
}

TEST_F(PostgresOutcome, AConnectionThatDiesIsMadeAnewAndTheStoreIsWellAgain) {
  const auto before = store_.store().stats().connects;
  database_.sql().run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name "
      "= "
      "'starlingd'");
  ASSERT_TRUE(comes_true([&] { return store_.store().stats().connects >= before + 6; }));
  EXPECT_TRUE(comes_true([&] { return store_.store().healthy(); })) << store_.store().why();
  EXPECT_EQ(store_.run(batch({row(kAda, 1)})).status, StoreStatus::Ok);
}

TEST_F(PostgresOutcome, AnotherHistoryOfTheDatabaseStopsTheStoreForGood) {
  database_.sql().run("SELECT raise_epochs()");
  ASSERT_TRUE(comes_true([&] { return store_.store().failed(); }));
  EXPECT_THAT(store_.store().why(), HasSubstr("restart starlingd"));
  ASSERT_TRUE(comes_true([&] { return store_.run(batch({row(kAda, 1)})).status == StoreStatus::Stopped; }));
  AskedStore anew({.conninfo = database_.conninfo(), .durability = postgres::Durability::Local});
  EXPECT_EQ(anew.get<ports::RoomLoaded>(ports::LoadRoom{kRoom}).epoch, Epoch(2));
}

}  // namespace
}  // namespace starling::integration
