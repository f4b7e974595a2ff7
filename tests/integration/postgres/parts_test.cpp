// The rooms in two databases and the people in a third: what becomes of it when a node, a database or a backup comes between.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <optional>

#include "server/store/postgres/clusters.h"
#include "server/store/postgres/ledger.h"
#include "server/store/postgres/raise_epochs.h"
#include "tests/contract/store/room_script.h"
#include "tests/integration/postgres/asked_store.h"
#include "tests/support/postgres/cluster.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

using namespace std::chrono_literals;
using contract::batch;
using contract::group;
using contract::kAda;
using contract::kBob;
using contract::kNoon;
using contract::kOwner;
using contract::kStranger;
using contract::row;
using ports::StoreStatus;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;
using AskedClusters = Asked<postgres::Clusters>;

constexpr std::size_t kParts = 2;

/// One of a part, the n-th of it.
RoomId room_in(std::size_t part, int n = 0) {
  for (std::uint64_t id = 100;; ++id) {
    if (postgres::part_of(RoomId(id), kParts) == part && n-- == 0) return RoomId(id);
  }
}

ports::CommitRow mention(UserId of, UserId by, std::uint32_t cseq) {
  return row(by, cseq, fmt::format("<@{}>", of.value));
}

class PostgresParts : public testing::Test {
 protected:
  static postgres::StoreConfig config_of(const std::string& conninfo) {
    return {.conninfo = conninfo, .connections = 1, .readers = 1, .durability = postgres::Durability::Local};
  }
  std::vector<std::string> rooms() const { return {parts_[0].conninfo(), parts_[1].conninfo()}; }
  postgres::Databases databases() const { return {people_.conninfo(), rooms()}; }

  std::unique_ptr<AskedClusters> open() {
    return std::make_unique<AskedClusters>(config_of(people_.conninfo()), rooms());
  }
  /// One of the databases as a node has it whose relay is dead.
  std::unique_ptr<AskedStore> open_alone(const postgres::Database& database) {
    postgres::StoreConfig config = config_of(database.conninfo);
    config.part = database.part;
    return std::make_unique<AskedStore>(config);
  }
  std::string refusal(const std::string& people, const std::vector<std::string>& rooms) {
    const auto nobody = [](ShardId, ports::StoreCompletion&&) {};
    if (rooms.empty()) {
      const auto opened = postgres::Store::open(config_of(people), nobody);
      return opened ? "it was opened" : opened.error().text;
    }
    const auto opened = postgres::Clusters::open(config_of(people), rooms, nobody);
    return opened ? "it was opened" : opened.error().text;
  }
  template <class Clusters>
  static wire::Items items_of(Clusters& clusters, UserId user) {
    return clusters.template get<ports::ItemsLoaded>(ports::LoadItems{user}).changes;
  }
  template <class Clusters>
  static std::vector<ports::UserRoom> rooms_of(Clusters& clusters, UserId user) {
    return clusters.template get<ports::UserLoaded>(ports::LoadUser{user}).rooms;
  }
  void people_are_away(bool away) {
    const std::string name = people_.sql().run("SELECT current_database()");
    support::Sql server(support::shared_conninfo("postgres"));
    server.run(fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS {}", name, away ? "false" : "true"));
    if (!away) return;
    server.run(
        fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND "
                    "application_name = 'starlingd'",
                    name));
  }
  void wait_for_backends() {
    for (support::Database* database : {&people_, &parts_[0], &parts_[1]}) {
      EXPECT_TRUE(comes_true([&] {
        return database->sql().run(
                   "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'starlingd' AND datname = "
                   "current_database()") == "0";
      }));
    }
  }
  bool outboxes_are_empty() {
    return comes_true([&] {
      return parts_[0].sql().run("SELECT count(*) FROM outbox") == "0" &&
             parts_[1].sql().run("SELECT count(*) FROM outbox") == "0";
    });
  }

  support::Database people_;
  std::array<support::Database, kParts> parts_;
};

TEST_F(PostgresParts, WhatANodeHasLeftIsToldByAnother) {
  open()->insist(group({kAda, kBob}, 1, room_in(0)));
  {
    const auto dying = open_alone(databases().parts[0]);
    dying->insist(batch({mention(kAda, kBob, 1)}, Epoch(1), room_in(0)));
  }
  EXPECT_EQ(parts_[0].sql().run("SELECT count(*) FROM outbox"), "1");
  const auto other = open();
  EXPECT_TRUE(comes_true([&] { return items_of(*other, kAda).items.size() == 1; }));
  EXPECT_TRUE(outboxes_are_empty());
}

TEST_F(PostgresParts, TwoThatTellTheSameAtOnceTellItOnce) {
  constexpr std::uint32_t kMentions = 3000;
  open()->insist(group({kAda, kBob}, 1, room_in(0)));
  {
    const auto dying = open_alone(databases().parts[0]);
    for (std::uint32_t cseq = 1; cseq <= kMentions;) {
      std::vector<ports::CommitRow> rows;
      for (int i = 0; i < 250; ++i) rows.push_back(mention(kAda, kBob, cseq++));
      dying->insist(batch(std::move(rows), Epoch(1), room_in(0)));
    }
  }
  auto opened = std::async(std::launch::async, [&] { return open(); });
  const auto one = open();
  const auto other = opened.get();
  EXPECT_TRUE(outboxes_are_empty());
  EXPECT_EQ(items_of(*one, kAda).version, kMentions);
}

TEST_F(PostgresParts, APeoplesDatabaseThatIsAwayLeavesAMentionUnknownAndPlainMessagesAlone) {
  const auto clusters = open();
  clusters->insist(group({kAda, kBob}, 1, room_in(0)));
  clusters->insist(group({kAda, kBob}, 2, room_in(0, 1)));
  people_are_away(true);
  const auto called = batch({mention(kAda, kBob, 1)}, Epoch(1), room_in(0));
  auto waits = clusters->start(called);
  const auto plain = [&](RoomId room, std::uint32_t cseq) {
    return clusters->run(batch({row(kAda, cseq)}, Epoch(1), room)).status;
  };
  for (std::uint32_t cseq = 1; cseq <= 20; ++cseq) {
    EXPECT_EQ(plain(room_in(0), cseq), StoreStatus::Ok);
    EXPECT_EQ(plain(room_in(0, 1), cseq), StoreStatus::Ok);
  }
  EXPECT_EQ(waits.wait_for(0s), std::future_status::timeout) << "not acknowledged yet";
  const auto unknown = waits.get();
  EXPECT_EQ(unknown.status, StoreStatus::Unknown);
  EXPECT_THAT(std::get<ports::Committed>(unknown.result).batch.rows, SizeIs(1)) << "it is given back";
  people_are_away(false);
  EXPECT_EQ(clusters->get<ports::Committed>(called).results.at(0).status, wire::SendStatus::Duplicate);
  EXPECT_THAT(items_of(*clusters, kAda).items, SizeIs(1)) << "as soon as it is acknowledged";
  EXPECT_EQ(items_of(*clusters, kAda).version, 1u);
}

TEST_F(PostgresParts, ARoomThatWasClaimedAndNotMadeIsMadeByTheRepeat) {
  const auto clusters = open();
  const RoomId claimed = room_in(1);
  open_alone(databases().people)->insist(group({kAda}, 1, claimed));
  EXPECT_THAT(rooms_of(*clusters, kAda), SizeIs(0)) << "nobody is told of a room that is not there";
  const auto made = clusters->get<ports::RoomMade>(group({kAda}, 1, room_in(0)));
  EXPECT_EQ(made.room, claimed);
  EXPECT_TRUE(clusters->get<ports::RoomLoaded>(ports::LoadRoom{claimed}).exists);
  EXPECT_FALSE(clusters->get<ports::RoomLoaded>(ports::LoadRoom{room_in(0)}).exists);
  EXPECT_THAT(rooms_of(*clusters, kAda), SizeIs(1));

  auto direct = group({kBob}, 2, room_in(0));
  direct.kind = wire::RoomKind::Direct;
  open_alone(databases().people)->insist(direct);
  auto back = direct;
  std::swap(back.user, back.members[0]);
  back.device = contract::device_of(kBob);
  back.proposed = room_in(1, 1);
  EXPECT_EQ(clusters->get<ports::RoomMade>(back).room, room_in(0));
  EXPECT_EQ(clusters->get<ports::RoomMade>(direct).room, room_in(0));
}

TEST_F(PostgresParts, ADatabaseIsOnlyWhatItHasBeenBefore) {
  open()->insist(group({kAda}, 1, room_in(0)));
  EXPECT_THAT(refusal(people_.conninfo(), {parts_[1].conninfo(), parts_[0].conninfo()}),
              AllOf(HasSubstr("holds the rooms of part 1 of 2"), HasSubstr("as the rooms of part 0 of 2"),
                    HasSubstr("starlingctl export")));
  EXPECT_THAT(refusal(people_.conninfo(), {parts_[0].conninfo()}), HasSubstr("the people of 2 parts"));
  EXPECT_THAT(refusal(people_.conninfo(), {}), HasSubstr("the people of 2 parts"));
  EXPECT_THAT(refusal(parts_[0].conninfo(), {}), HasSubstr("holds the rooms of part 0 of 2"));
  EXPECT_EQ(refusal(people_.conninfo(), rooms()), "it was opened");
}

TEST_F(PostgresParts, ADatabaseThatHasRoomsOrANodeBecomesNoPart) {
  {
    const auto node = open_alone(people_.conninfo());
    EXPECT_THAT(refusal(people_.conninfo(), rooms()), HasSubstr("is connected"));
    node->insist(group({kAda}, 1, room_in(0)));
  }
  wait_for_backends();
  EXPECT_THAT(refusal(people_.conninfo(), rooms()),
              AllOf(HasSubstr("holds everything of a server"), HasSubstr("import with the new ones")));
  people_.clear();
  people_.sql().run("INSERT INTO accounts VALUES (7, 'ada', 'Ada', '', '', '', false, false, 0)");
  EXPECT_THAT(refusal(parts_[0].conninfo(), {people_.conninfo(), parts_[1].conninfo()}),
              HasSubstr("holds everything of a server"))
      << "a part of the rooms has no place for accounts";
}

TEST_F(PostgresParts, WhoIsBlockedIsSilentInADirectRoomWhereverItIs) {
  const auto clusters = open();
  people_.sql().run("INSERT INTO accounts VALUES (2, 'ada', 'Ada', '', '', '', false, false, 0)");
  for (std::size_t part = 0; part < kParts; ++part) {
    auto direct = group({kAda}, 1 + part, room_in(part));
    direct.user = UserId(50 + part);
    direct.device = contract::device_of(direct.user);
    direct.kind = wire::RoomKind::Direct;
    clusters->insist(direct);
    const auto say = [&](std::uint32_t cseq) {
      return clusters->get<ports::Committed>(batch({row(kAda, cseq)}, Epoch(1), direct.proposed)).results.at(0).status;
    };
    const auto block = [&](bool on) {
      clusters->insist(ports::ChangeAccounts{ports::PutBlock{.user = direct.user, .blocked = kAda, .on = on}, {}});
    };
    EXPECT_EQ(say(1), wire::SendStatus::Accepted);
    block(true);
    EXPECT_EQ(say(2), wire::SendStatus::Forbidden);
    block(false);
    EXPECT_EQ(say(3), wire::SendStatus::Accepted);
  }
}

TEST_F(PostgresParts, AnAccountThatHasNotYetEnteredByItsLinkDoesSoWhenItIsAskedForAgain) {
  const auto clusters = open();
  const ports::CreateAccount first{.account = {.profile = {.user = kOwner, .handle = "owner"}}};
  clusters->insist(ports::ChangeAccounts{first, {}});
  const RoomId room = room_in(1);
  clusters->insist(group({}, 1, room));
  clusters->insist(ports::ChangeRooms{
      ports::CreateLink{.caller = kOwner, .room = room, .code = {9}, .uses = 1, .now = kNoon, .expires = kNoon + 1h}});
  ports::CreateAccount create{
      .account = {.profile = {.user = kBob, .handle = "bob"}, .password_hash = "salted", .created = kNoon},
      .admission = ports::Admission::Open,
      .invite = ports::Digest{9}};
  open_alone(databases().people)->insist(ports::ChangeAccounts{create, {}});
  create.admission = ports::Admission::Invited;
  for (int i = 0; i < 2; ++i) {
    const auto answered = clusters->get<ports::AccountsAnswered>(ports::ChangeAccounts{create, {}});
    const auto& made = std::get<ports::AccountCreated>(*answered.result);
    EXPECT_EQ(made.creation, ports::Creation::Created);
    EXPECT_EQ(made.room, room);
    EXPECT_EQ(made.head, Seq(2));
  }
  EXPECT_THAT(rooms_of(*clusters, kBob), SizeIs(1));
}

/// What a restore of one of them has taken, from the other and from nobody.
TEST_F(PostgresParts, AfterARestoreOfAPartThePeopleHaveWhatItHas) {
  const RoomId lost = room_in(0);
  const RoomId older = room_in(0, 1);
  {
    const auto clusters = open();
    clusters->insist(group({kAda, kBob}, 1, lost));
    clusters->insist(group({kAda, kBob}, 2, older));
    clusters->insist(batch({contract::member_row(kOwner, 1, wire::EventKind::MemberRemove, kBob),
                            contract::member_row(kOwner, 2, wire::EventKind::MemberInvite, kStranger)},
                           Epoch(1), older));
    EXPECT_THAT(items_of(*clusters, kStranger).items, SizeIs(1));
  }
  wait_for_backends();
  // As a backup from before the removal and the invitation has it, and before the other room.
  parts_[0].sql().run(fmt::format(
      "ALTER TABLE members DISABLE TRIGGER USER; ALTER TABLE rooms DISABLE TRIGGER USER;"
      "DELETE FROM events WHERE room_id = {0}; DELETE FROM members WHERE room_id = {0}; DELETE FROM rooms WHERE "
      "room_id = {0};"
      "DELETE FROM events WHERE room_id = {1} AND seq > 3; UPDATE rooms SET head = 3, members = 3 WHERE room_id = {1};"
      "UPDATE members SET leave_seq = 0 WHERE room_id = {1}; DELETE FROM members WHERE room_id = {1} AND user_id = {2};"
      "SELECT setval('outbox_number_seq', 1);"
      "ALTER TABLE members ENABLE TRIGGER USER; ALTER TABLE rooms ENABLE TRIGGER USER",
      lost.value, older.value, kStranger.value));
  const auto raised = postgres::raise_epochs(databases(), 1, databases().parts[0].part);
  ASSERT_TRUE(raised) << raised.error();
  EXPECT_EQ(raised->rooms, 1u);
  EXPECT_EQ(raised->forgotten, 1u);
  const auto clusters = open();
  EXPECT_TRUE(outboxes_are_empty());
  const auto bobs = rooms_of(*clusters, kBob);
  ASSERT_THAT(bobs, SizeIs(1));
  EXPECT_EQ(bobs[0].info.room, older);
  const auto invited = items_of(*clusters, kStranger);
  ASSERT_THAT(invited.items, SizeIs(1));
  EXPECT_EQ(invited.items[0].value, "") << "taken back";
  EXPECT_EQ(clusters->get<ports::RoomLoaded>(ports::LoadRoom{older}).epoch, Epoch(2));
  clusters->insist(batch({mention(kAda, kBob, 1)}, Epoch(2), older));
  EXPECT_THAT(items_of(*clusters, kAda).items, SizeIs(1)) << "numbers go on above those that are lost";
}

TEST_F(PostgresParts, AfterARestoreOfThePeopleTheRoomsTellThemAnew) {
  const RoomId room = room_in(1);
  {
    const auto clusters = open();
    auto direct = group({kAda}, 1, room_in(0));
    direct.kind = wire::RoomKind::Direct;
    clusters->insist(direct);
    clusters->insist(group({kAda}, 2, room));
    clusters->insist(
        batch({contract::member_row(kOwner, 1, wire::EventKind::MemberInvite, kStranger)}, Epoch(1), room));
  }
  wait_for_backends();
  people_.clear();
  people_.sql().run("INSERT INTO blocks VALUES (1, 2)");
  const auto raised = postgres::raise_epochs(databases(), 1, databases().people.part);
  ASSERT_TRUE(raised) << raised.error();
  const auto clusters = open();
  EXPECT_TRUE(outboxes_are_empty());
  EXPECT_THAT(rooms_of(*clusters, kAda), SizeIs(2));
  EXPECT_EQ(items_of(*clusters, kStranger).items.at(0).value, "1 3 harbour");
  EXPECT_EQ(clusters->get<ports::RoomLoaded>(ports::LoadRoom{room}).epoch, Epoch(1)) << "it has lost nothing";
  EXPECT_EQ(parts_[0].sql().run("SELECT count(*) FROM blocks"), "1");
  auto again = group({kAda}, 7, room_in(1, 1));
  again.kind = wire::RoomKind::Direct;
  EXPECT_EQ(clusters->get<ports::RoomMade>(again).room, room_in(0)) << "the pair has its room";
}

TEST_F(PostgresParts, MetricsAreOfAllDatabases) {
  const auto clusters = open();
  clusters->insist(group({kAda, kBob}, 1, room_in(0)));
  clusters->insist(batch({row(kAda, 1)}, Epoch(1), room_in(0)));
  EXPECT_THAT(clusters->store().metrics(),
              AllOf(HasSubstr("starling_store_batches_total 1\n"), HasSubstr("starling_store_healthy 1\n"),
                    HasSubstr("starling_store_part_healthy{part=\"1\"} 1\n"),
                    HasSubstr("starling_store_relayed_total{part=\"0\"} 4\n"),
                    HasSubstr("starling_store_outbox_age_seconds{part=\"0\"}")));
  EXPECT_TRUE(clusters->store().healthy());
}

}  // namespace
}  // namespace starling::integration
