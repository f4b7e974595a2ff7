// Reads of one kind that wait together are one query, and each is answered as if it were alone.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <future>
#include <thread>

#include "common/wire/limits.h"
#include "server/store/postgres/limits.h"
#include "tests/contract/store/room_script.h"
#include "tests/integration/postgres/asked_store.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

using contract::device_of;
using contract::group;
using contract::kAda;
using contract::kRoom;
using contract::text_of;
using ports::StoreStatus;
using testing::Each;

constexpr std::uint64_t kFirstUser = 1000;

std::vector<UserId> users(std::uint64_t many) {
  std::vector<UserId> made;
  for (std::uint64_t i = 0; i < many; ++i) made.emplace_back(kFirstUser + i);
  return made;
}

class PostgresTogether : public testing::Test {
 protected:
  using Answers = std::vector<std::future<ports::StoreCompletion>>;

  std::uint64_t queries() { return store_.store().stats().queries; }
  bool waiting(std::size_t operations) {
    const std::string metrics = store_.store().metrics();
    const auto has = [&](const char* queue) {
      const auto line = fmt::format("starling_store_queue_ops{{queue=\"{}\"}} {}\n", queue, operations);
      return metrics.find(line) != std::string::npos;
    };
    return has("reads") || has("writes");
  }
  /// All of them at once, behind one like the first that is under way. What it reads is locked meanwhile.
  Answers start_together(const std::string& table, const std::vector<ports::StoreRequest>& requests) {
    rival_.run("BEGIN; LOCK TABLE " + table);
    return start_behind(requests.front(), requests);
  }
  /// `first` waits for a lock.
  Answers start_behind(const ports::StoreRequest& first, const std::vector<ports::StoreRequest>& requests) {
    first_ = store_.start(first);
    EXPECT_TRUE(comes_true([&] { return locked_out() == "1"; }));
    Answers answers;
    for (const ports::StoreRequest& request : requests) answers.push_back(store_.start(request));
    EXPECT_TRUE(comes_true([&] { return waiting(1 + requests.size()); }));
    return answers;
  }
  void let_go() {
    rival_.run("COMMIT");
    EXPECT_EQ(first_.get().status, StoreStatus::Ok);
  }
  std::string locked_out(const std::string& what = "count(*)") {
    return database_.sql().run(
        fmt::format("SELECT {} FROM pg_stat_activity WHERE datname = current_database() AND "
                    "wait_event_type = 'Lock' AND application_name = 'starlingd'",
                    what));
  }
  /// Asks together, and then each alone.
  void expect_as_if_alone(const std::string& table, const std::vector<ports::StoreRequest>& requests) {
    Answers answers = start_together(table, requests);
    let_go();
    for (std::size_t i = 0; i < requests.size(); ++i) {
      ports::StoreCompletion together = answers[i].get();
      ports::StoreCompletion alone = store_.run(requests[i]);
      together.id = alone.id = 0;
      EXPECT_EQ(together.status, StoreStatus::Ok);
      EXPECT_EQ(text_of(together), text_of(alone)) << i;
    }
  }
  static std::vector<StoreStatus> statuses(Answers& answers) {
    std::vector<StoreStatus> found;
    for (auto& answer : answers) found.push_back(answer.get().status);
    return found;
  }
  void put(UserId user, std::uint64_t many, std::size_t bytes) {
    for (std::uint64_t i = 0; i < many; ++i) {
      store_.insist(ports::PutItem{.user = user,
                                   .kind = wire::kFirstOwnItem,
                                   .key = fmt::format("key {}", i),
                                   .value = std::string(bytes, 'x')});
    }
  }

  support::Database database_;
  support::Sql rival_{database_.conninfo()};
  AskedStore store_{{.conninfo = database_.conninfo(), .connections = 1, .durability = postgres::Durability::Local}};
  std::future<ports::StoreCompletion> first_;
};

TEST_F(PostgresTogether, WhatAThousandResumesAskForIsAFewQueries) {
  constexpr std::uint64_t kResumes = 1000;
  const auto all = users(kResumes);
  store_.insist(group(all));
  const std::uint64_t before = queries();
  std::vector<ports::StoreRequest> lists;
  std::vector<ports::StoreRequest> items;
  for (const UserId user : all) lists.emplace_back(ports::LoadUser{user});
  for (const UserId user : all) items.emplace_back(ports::LoadItems{.user = user});
  Answers answers = start_together("users", lists);
  for (const ports::StoreRequest& each : items) answers.push_back(store_.start(each));
  let_go();
  EXPECT_THAT(statuses(answers), Each(StoreStatus::Ok));
  // The one under way, and full ones: of lists four; of items one may have gone before all were there.
  EXPECT_LE(queries() - before, 1u + 4u + 5u);
  EXPECT_EQ(store_.store().stats().reads, 1 + 2 * kResumes);
}

TEST_F(PostgresTogether, AfterSomeThatWereTooSlowHalfAsManyGo) {
  const auto all = users(9);
  store_.insist(group(all));
  std::vector<ports::StoreRequest> lists;
  for (const UserId user : all) lists.emplace_back(ports::LoadUser{user});
  Answers slow = start_together("users", lists);
  EXPECT_EQ(first_.get().status, StoreStatus::Unavailable);
  EXPECT_THAT(statuses(slow), Each(StoreStatus::Unavailable));
  rival_.run("COMMIT");
  const std::uint64_t before = queries();
  Answers answers = start_together("users", lists);
  let_go();
  EXPECT_THAT(statuses(answers), Each(StoreStatus::Ok));
  EXPECT_EQ(queries() - before, 3u) << "the one under way, four, and then all five that are left";
}

TEST_F(PostgresTogether, WhileManyComeTheyGatherUntilTheyAreAQuery) {
  AskedStore gathering({.conninfo = database_.conninfo(),
                        .connections = 1,
                        .durability = postgres::Durability::Local,
                        .gather = std::chrono::hours(1)});
  const auto all = users(postgres::limits::kTogetherMax);
  gathering.insist(group(all));
  const auto ask = [&](std::size_t from, std::size_t to) {
    Answers answers;
    for (std::size_t i = from; i < to; ++i) answers.push_back(gathering.start(ports::LoadUser{all[i]}));
    return answers;
  };
  rival_.run("BEGIN; LOCK TABLE users");
  Answers first = ask(0, 1);
  ASSERT_TRUE(comes_true([&] { return locked_out() == "1"; }));
  Answers many = ask(1, 1 + postgres::limits::kGatherFrom);
  rival_.run("COMMIT");
  EXPECT_THAT(statuses(first), Each(StoreStatus::Ok));
  EXPECT_THAT(statuses(many), Each(StoreStatus::Ok));

  const std::uint64_t before = gathering.store().stats().queries;
  Answers answers = ask(0, all.size() - 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // in which nothing of them goes
  EXPECT_EQ(gathering.store().stats().queries, before);
  answers.push_back(gathering.start(ports::LoadUser{all.back()}));
  EXPECT_THAT(statuses(answers), Each(StoreStatus::Ok));
  EXPECT_EQ(gathering.store().stats().queries, before + 1);
}

TEST_F(PostgresTogether, AloneAReadGoesAtOnce) {
  store_.insist(group({kAda}));
  const std::uint64_t before = queries();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(store_.run(ports::LoadUser{kAda}).status, StoreStatus::Ok);
  EXPECT_EQ(queries() - before, 3u);
}

TEST_F(PostgresTogether, EachUserHasItsOwnRoomsAndWhoIsNobodyHasNone) {
  store_.insist(group(users(3), 1, RoomId(71)));
  store_.insist(group(users(2), 2, RoomId(72)));
  store_.insist(ports::PutReadMarks{{{.user = users(2)[1], .room = RoomId(72), .seq = Seq(2), .msg_no = 1}}});
  expect_as_if_alone("users", {ports::LoadUser{users(3)[2]}, ports::LoadUser{UserId(5)}, ports::LoadUser{users(2)[1]},
                               ports::LoadUser{UserId(UINT64_MAX)}, ports::LoadUser{users(2)[1]}});
}

TEST_F(PostgresTogether, EachGetsTheItemsBehindItsOwnVersion) {
  const auto three = users(3);
  put(three[0], 5, 10);
  put(three[1], 6, wire::limits::kItemValueBytesMax);  // more than an answer has room for
  const auto version = [&](UserId user) { return store_.get<ports::UserLoaded>(ports::LoadUser{user}).items_version; };
  const std::uint64_t newest = version(three[0]);
  expect_as_if_alone(
      "users",
      {ports::LoadItems{.user = three[0], .after = newest - 2}, ports::LoadItems{.user = three[0], .after = newest},
       ports::LoadItems{.user = three[0], .after = newest + 1}, ports::LoadItems{.user = three[1]},
       ports::LoadItems{.user = UserId(5)}, ports::LoadItems{.user = UserId(5), .after = 7},
       ports::LoadItems{.user = three[0]}, ports::LoadItems{.user = three[1], .after = version(three[1]) - 1}});
}

TEST_F(PostgresTogether, EachDeviceHasItsOwnCountInEachRoom) {
  store_.insist(group({kAda}));
  store_.insist(contract::batch({contract::row(kAda, 1), contract::row(kAda, 2)}));
  expect_as_if_alone("device_pos", {ports::ReadDevice{.room = kRoom, .device = device_of(UserId(5))},
                                    ports::ReadDevice{.room = kRoom, .device = device_of(kAda)},
                                    ports::ReadDevice{.room = RoomId(99), .device = device_of(kAda)}});
}

TEST_F(PostgresTogether, EachRoomHasItsOwnMembersAndEvents) {
  store_.insist(group(users(3), 1, RoomId(71)));
  store_.insist(group({kAda}, 2, RoomId(72)));
  store_.insist(group(users(300), 3, RoomId(73)));  // with a checkpoint
  store_.insist(contract::batch({contract::row(kAda, 1)}, Epoch(1), RoomId(72)));
  const std::uint64_t before = queries();
  const std::vector<ports::StoreRequest> loads{ports::LoadRoom{RoomId(71)}, ports::LoadRoom{RoomId(72)},
                                               ports::LoadRoom{RoomId(99)}, ports::LoadRoom{RoomId(73)},
                                               ports::LoadRoom{RoomId(71)}};
  expect_as_if_alone("rooms", loads);
  EXPECT_EQ(queries() - before, 4u * (1 + 1 + 1 + 5))
      << "one under way, one of all, one of what there is not; and alone";
}

TEST_F(PostgresTogether, TailsThatDoNotFitAreLoadedAlone) {
  std::vector<ports::StoreRequest> loads;
  for (std::uint64_t n = 0; n < 3; ++n) {
    const RoomId room(71 + n);
    store_.insist(group({kAda}, 1 + n, room));
    std::vector<ports::CommitRow> rows;
    for (std::uint32_t cseq = 1; cseq <= 150; ++cseq) {
      rows.push_back(contract::row(kAda, cseq, std::string(wire::limits::kBodyBytesMax, 'x')));
    }
    store_.insist(contract::batch(std::move(rows), Epoch(1), room));
    loads.emplace_back(ports::LoadRoom{room});
  }
  const std::uint64_t before = queries();
  expect_as_if_alone("rooms", loads);
  EXPECT_EQ(queries() - before, 4u * (1 + 1 + 2 + 3))
      << "one under way, one of all, the two that did not fit; and alone";
}

TEST_F(PostgresTogether, ARoomThatIsHeldKeepsNoOtherWaiting) {
  for (std::uint64_t n = 0; n < 4; ++n) store_.insist(group({kAda}, 1 + n, RoomId(71 + n)));
  support::Sql second(database_.conninfo());
  rival_.run("BEGIN; SELECT 1 FROM rooms WHERE room_id = 71 FOR UPDATE");
  second.run("BEGIN; SELECT 1 FROM rooms WHERE room_id = 73 FOR UPDATE");
  Answers answers = start_behind(ports::LoadRoom{RoomId(71)}, {ports::LoadRoom{RoomId(73)}, ports::LoadRoom{RoomId(72)},
                                                               ports::LoadRoom{RoomId(74)}});
  let_go();
  EXPECT_EQ(answers[1].get().status, StoreStatus::Ok);
  EXPECT_EQ(answers[2].get().status, StoreStatus::Ok);
  EXPECT_EQ(answers[0].wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  second.run("UPDATE rooms SET title = 'quay' WHERE room_id = 73; COMMIT");
  EXPECT_EQ(std::get<ports::RoomLoaded>(answers[0].get().result).title, "quay") << "it was waited for";
}

TEST_F(PostgresTogether, OfTwoHomesOfARoomTheLaterHasIt) {
  store_.insist(group({kAda}));
  Answers answers = start_together("rooms", {ports::LoadRoom{kRoom, ViewId(5)}, ports::LoadRoom{kRoom, ViewId(7)},
                                             ports::LoadRoom{kRoom, ViewId(6)}, ports::LoadRoom{kRoom}});
  let_go();
  std::vector<bool> fenced;
  for (auto& answer : answers) fenced.push_back(std::get<ports::RoomLoaded>(answer.get().result).fenced);
  EXPECT_EQ(fenced, (std::vector<bool>{false, false, true, false}));
  EXPECT_EQ(database_.sql().run("SELECT fence FROM rooms"), "7");
}

TEST_F(PostgresTogether, WhatIsDoneToARoomKeepsItsOrder) {
  for (std::uint64_t n = 0; n < 2; ++n) store_.insist(group({kAda}, 1 + n, RoomId(71 + n)));
  const auto message = [](std::uint32_t cseq) {
    return contract::batch({contract::row(kAda, cseq)}, Epoch(1), RoomId(72));
  };
  const ports::LoadRoom load{RoomId(72)};
  rival_.run("BEGIN; SELECT 1 FROM rooms WHERE room_id = 71 FOR UPDATE");
  Answers answers = start_behind(ports::LoadRoom{RoomId(71)}, {load, message(1), load, message(2), load});
  let_go();
  const auto head = [&](std::size_t i) { return std::get<ports::RoomLoaded>(answers[i].get().result).head; };
  EXPECT_EQ(head(0), Seq(2));
  EXPECT_EQ(head(2), Seq(3));
  EXPECT_EQ(head(4), Seq(4));
}

TEST_F(PostgresTogether, WhatAnAnswerHasNoRoomForIsAskedForAlone) {
  database_.sql().run(
      "INSERT INTO rooms (room_id, kind, title, epoch, head, msg_no, last_ts) "
      "SELECT n, 1, 'room ' || n, 1, 0, 0, 0 FROM generate_series(1, 6000) AS n;"
      "INSERT INTO members (room_id, user_id, join_seq, role) SELECT n, u, 1, 1 "
      "FROM generate_series(1, 6000) AS n, generate_series(1000, 1002) AS u");
  const std::uint64_t before = queries();
  Answers answers = start_together(
      "users", {ports::LoadUser{users(3)[0]}, ports::LoadUser{users(3)[1]}, ports::LoadUser{users(3)[2]}});
  let_go();
  for (auto& answer : answers) EXPECT_EQ(std::get<ports::UserLoaded>(answer.get().result).rooms.size(), 6000u);
  EXPECT_EQ(queries() - before, 3u) << "one under way, one of all, one of the last";
}

TEST_F(PostgresTogether, AQueryThatIsCancelledFailsAllThatWereInIt) {
  std::vector<ports::StoreRequest> requests;
  for (const UserId user : users(20)) requests.emplace_back(ports::LoadUser{user});
  Answers answers = start_together("users", requests);
  // Who comes for the lock now has it between the one under way and the others.
  support::Sql second(database_.conninfo());
  auto locked = std::async(std::launch::async, [&] { second.run("BEGIN; LOCK TABLE users"); });
  ASSERT_TRUE(comes_true([&] {
    return database_.sql().run("SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'") ==
           "1";
  }));
  let_go();
  locked.get();
  ASSERT_TRUE(comes_true([&] { return locked_out() == "1"; }));
  locked_out("pg_cancel_backend(pid)");
  EXPECT_THAT(statuses(answers), Each(StoreStatus::Unavailable));
  second.run("COMMIT");
  EXPECT_EQ(store_.run(requests.front()).status, StoreStatus::Ok) << "the connection has not suffered";
}

TEST_F(PostgresTogether, AConnectionThatDiesFailsAllThatWaited) {
  std::vector<ports::StoreRequest> requests;
  for (const UserId user : users(20)) requests.emplace_back(ports::LoadUser{user});
  Answers answers = start_together("users", requests);
  locked_out("pg_terminate_backend(pid)");
  EXPECT_THAT(statuses(answers), Each(StoreStatus::Unavailable));
  EXPECT_EQ(first_.get().status, StoreStatus::Unavailable);
  rival_.run("COMMIT");
  EXPECT_EQ(store_.insist(requests.front()).status, StoreStatus::Ok);
}

TEST_F(PostgresTogether, WhoseRowCannotBeReadFailsAlone) {
  const auto all = users(20);
  store_.insist(group(all));
  database_.sql().run(fmt::format(
      "ALTER TABLE users RENAME TO true_users; CREATE VIEW users AS SELECT user_id, "
      "rooms_version / CASE WHEN user_id = {} THEN 0 ELSE 1 END AS rooms_version, items_version FROM true_users",
      all[7].value));
  std::vector<ports::StoreRequest> requests;
  for (const UserId user : all) requests.emplace_back(ports::LoadUser{user});
  Answers answers = start_together("true_users", requests);
  let_go();
  std::vector<StoreStatus> expected(all.size(), StoreStatus::Ok);
  expected[7] = StoreStatus::Unavailable;
  EXPECT_EQ(statuses(answers), expected);
  database_.sql().run("DROP VIEW users; ALTER TABLE true_users RENAME TO users");
}

}  // namespace
}  // namespace starling::integration
