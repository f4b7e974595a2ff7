// A primary with a synchronous standby: what is acknowledged and what is read has it, whatever is cut.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <memory>

#include "server/store/postgres/lane.h"
#include "tests/contract/store/room_script.h"
#include "tests/integration/postgres/asked_store.h"
#include "tests/support/postgres/cluster.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

using contract::batch;
using contract::group;
using contract::kAda;
using contract::kRoom;
using contract::row;
using ports::StoreStatus;
using testing::HasSubstr;

class PostgresStandby : public testing::Test {
 protected:
  PostgresStandby() { primary_sql("ALTER SYSTEM SET synchronous_standby_names = 'mirror'"); }

  void open(postgres::StoreConfig config) {
    primary_sql("SELECT pg_reload_conf()");
    config.conninfo = config.conninfo.empty() ? primary_.conninfo() : config.conninfo;
    store_ = std::make_unique<AskedStore>(config);
    store_->insist(group({kAda}));
  }
  std::string primary_sql(const std::string& sql) { return support::Sql(primary_.conninfo()).run(sql); }
  std::string mirror_sql(const std::string& sql) { return support::Sql(mirror_.conninfo()).run(sql); }

  ports::StoreCompletion commit(std::uint32_t cseq) { return store_->insist(batch({row(kAda, cseq)})); }
  ports::ReadPage page(ports::Floor floor = {}) {
    return {.room = kRoom, .from = Seq(2), .limit = 100, .bytes_max = 1 << 20, .floor = floor};
  }
  std::size_t events(const ports::ReadPage& request) { return store_->get<ports::PageRead>(request).events.size(); }
  double counted(const std::string& name) {
    const std::string text = store_->store().metrics();
    const auto at = text.find("\n" + name + " ");
    return std::stod(text.substr(at + 2 + name.size()));
  }
  /// A commit whose wait for the standby is cancelled: the primary shows it, and no standby has it.
  ports::StoreCompletion commit_that_is_cancelled(std::uint32_t cseq) {
    auto answer = store_->start(batch({row(kAda, cseq)}));
    EXPECT_TRUE(comes_true([&] {
      primary_sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
      return answer.wait_for(std::chrono::milliseconds(50)) == std::future_status::ready;
    }));
    return answer.get();
  }

  support::Cluster primary_;
  support::Cluster mirror_{primary_, "mirror"};
  std::unique_ptr<AskedStore> store_;
};

TEST_F(PostgresStandby, ACancelledWaitIsUnknownAndTheIdenticalRepeatFindsIt) {
  open({});
  mirror_.crash();
  const ports::StoreCompletion cancelled = commit_that_is_cancelled(1);
  EXPECT_EQ(cancelled.status, StoreStatus::Unknown);
  mirror_.resume();
  const auto again = std::get<ports::Committed>(commit(1).result);
  EXPECT_EQ(again.results.at(0).status, wire::SendStatus::Duplicate);
  EXPECT_EQ(again.results.at(0).seq, Seq(3));
}

TEST_F(PostgresStandby, NothingIsReadThatTheStandbyDoesNotHave) {
  open({});
  mirror_.crash();
  commit_that_is_cancelled(1);
  EXPECT_EQ(primary_sql("SELECT head FROM rooms"), "3") << "it is there to be seen";
  EXPECT_EQ(store_->run(page()).status, StoreStatus::Unavailable);
  EXPECT_FALSE(store_->store().healthy());
  mirror_.resume();
  EXPECT_EQ(events(page()), 1u);
}

TEST_F(PostgresStandby, WhenNoStandbyIsWaitedForNothingIsAcknowledged) {
  open({});
  primary_sql("ALTER SYSTEM SET synchronous_standby_names = ''");
  primary_sql("SELECT pg_reload_conf()");
  ASSERT_TRUE(comes_true([&] { return store_->run(batch({row(kAda, 1)})).status == StoreStatus::Unavailable; }));
  EXPECT_THAT(store_->store().why(), HasSubstr("synchronous_standby_names"));
  const auto refused =
      postgres::Store::open({.conninfo = primary_.conninfo()}, [](ShardId, ports::StoreCompletion&&) {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("store.durability"));
  EXPECT_TRUE(refused.error().passes) << "who has just promoted a standby may not have set it yet";
}

TEST_F(PostgresStandby, WhatWaitsWhenNoStandbyIsWaitedForAnyMoreIsNotAcknowledged) {
  open({});
  mirror_.crash();
  auto written = store_->start(batch({row(kAda, 1)}));
  ASSERT_TRUE(comes_true([&] {
    return primary_sql(
               "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE wait_event = 'SyncRep' AND "
               "relation = 'rooms'::regclass") != "0";
  }));
  auto read = store_->start(page());
  primary_sql("ALTER SYSTEM SET synchronous_standby_names = ''");
  primary_sql("SELECT pg_reload_conf()");
  EXPECT_EQ(written.get().status, StoreStatus::Unknown);
  EXPECT_EQ(read.get().status, StoreStatus::Unavailable);
  EXPECT_EQ(primary_sql("SELECT head FROM rooms"), "3") << "it is there to be seen";

  primary_sql("ALTER SYSTEM SET synchronous_standby_names = 'mirror'");
  primary_sql("SELECT pg_reload_conf()");
  mirror_.resume();
  EXPECT_EQ(std::get<ports::Committed>(commit(1).result).results.at(0).status, wire::SendStatus::Duplicate);
}

TEST_F(PostgresStandby, StartsWhileThereIsNoneLeaveABackendForEachConnectionAtMost) {
  const postgres::StoreConfig config{.conninfo = primary_.conninfo(), .connections = 1, .readers = 1};
  open(config);
  store_.reset();
  mirror_.crash();
  const auto fails = [&] { return !postgres::Store::open(config, [](ShardId, ports::StoreCompletion&&) {}); };
  auto first = std::async(std::launch::async, fails);
  auto second = std::async(std::launch::async, fails);
  EXPECT_TRUE(fails());
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  EXPECT_EQ(primary_sql("SELECT count(*) BETWEEN 1 AND 4 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"), "t");
}

TEST_F(PostgresStandby, AFailoverLosesNothingThatWasAcknowledged) {
  // Local: the one that is left has no standby to wait for. The primary waits all the same.
  open({.conninfo =
            fmt::format("host={},{} port=5432,5432 user=starling dbname=postgres", primary_.folder(), mirror_.folder()),
        .durability = postgres::Durability::Local});
  for (std::uint32_t cseq = 1; cseq <= 20; ++cseq) commit(cseq);
  primary_.crash();
  mirror_.promote();
  mirror_sql("ALTER SYSTEM SET synchronous_standby_names = ''");
  mirror_sql("SELECT pg_reload_conf()");
  EXPECT_EQ(events(page()), 20u);
  EXPECT_EQ(std::get<ports::Committed>(commit(21).result).results.at(0).status, wire::SendStatus::Accepted);
}

TEST_F(PostgresStandby, APageOfAStandbyIsProvenByABarrierThatWentOutAfterIt) {
  open({});
  postgres::Counters counters;
  std::map<std::uint64_t, std::uint64_t> barriers;  // how many were over when the operation was answered
  const auto read = [&](std::uint64_t id) { return postgres::Job{ShardId(1), {.id = id, .request = page()}}; };
  postgres::Lane lane({.conninfo = primary_.conninfo(),
                       .resolver = std::make_shared<postgres::Resolver>(primary_.conninfo()),
                       .access = postgres::Access::Read,
                       .beacon_store = 1},
                      {.counters = counters,
                       .same_history = [](std::int64_t) { return true; },
                       .finish =
                           [&](postgres::Job&& job, StoreStatus status, ports::StoreResult&&) {
                             EXPECT_EQ(status, StoreStatus::Ok);
                             barriers[job.op.id] = counters.barriers;
                           }});
  const auto comes_to = [&](const auto& what) { return comes_true([&] { return lane.advance(), what(); }); };
  ASSERT_TRUE(comes_to([&] { return lane.ready(); }));
  lane.submit(read(1));
  lane.pump();
  lane.prove(read(2), ports::PageRead{});  // read while the barrier of the first is under way
  ASSERT_TRUE(comes_to([&] { return barriers.size() == 2; }));
  EXPECT_EQ(barriers.at(1), 1u);
  EXPECT_EQ(barriers.at(2), 2u);
}

TEST_F(PostgresStandby, APageWithAFloorComesFromTheStandbyWhenItReachesThatAndFollows) {
  open({.standby_conninfo = mirror_.conninfo(), .readers = 1});
  commit(1);
  const ports::Floor floor{Epoch(1), Seq(3)};
  ASSERT_TRUE(comes_true([&] {
    EXPECT_EQ(events(page(floor)), 1u);
    return counted("starling_store_standby_reads_total") > 0;
  }));
  EXPECT_GT(counted("starling_store_barriers_total"), 0);

  // It has what is replayed, and not what is only written there.
  mirror_sql("SELECT pg_wal_replay_pause()");
  ASSERT_TRUE(comes_true([&] { return mirror_sql("SELECT pg_get_wal_replay_pause_state()") == "paused"; }));
  commit(2);
  const double reads = counted("starling_store_standby_reads_total");
  EXPECT_EQ(events(page({Epoch(1), Seq(4)})), 2u);
  EXPECT_EQ(counted("starling_store_standby_reads_total"), reads);
  EXPECT_EQ(events(page()), 2u) << "without a floor";

  // A connection to the primary that is new wants to be seen there before it trusts it: who tells that it is the same?
  const auto connects = store_->store().stats().connects;
  primary_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'starlingd'");
  ASSERT_TRUE(comes_true([&] { return store_->store().stats().connects > connects && store_->store().healthy(); }));
  EXPECT_EQ(events(page(floor)), 2u);
  EXPECT_EQ(counted("starling_store_standby_reads_total"), reads);
  mirror_sql("SELECT pg_wal_replay_resume()");
  EXPECT_TRUE(comes_true([&] {
    events(page(floor));
    return counted("starling_store_standby_reads_total") > reads;
  }));
}

}  // namespace
}  // namespace starling::integration
