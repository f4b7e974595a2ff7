// What only the log in PostgreSQL has: others write it, it may be away, and what it shows may not be replicated.
#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "server/search/search.h"
#include "server/store/postgres/migrate.h"
#include "tests/integration/postgres/search_bed.h"
#include "tests/support/postgres/cluster.h"
#include "tests/unit/search/log_fixture.h"

namespace starling::search {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

bool comes_true(const std::function<bool()>& what, std::chrono::seconds patience = 30s) {
  for (const auto end = std::chrono::steady_clock::now() + patience; std::chrono::steady_clock::now() < end;) {
    if (what()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

}  // namespace

std::unique_ptr<LogBed> make_log_bed() { return std::make_unique<PostgresBed>(); }

namespace {

class PostgresLogTest : public LogTest {
 protected:
  PostgresLogTest() { room(kRoom, {kAnn, kBob}); }
  std::unique_ptr<Log> replicated_log() { return dynamic_cast<PostgresBed&>(*bed_).replicated_logs()(); }
};

TEST_F(PostgresLogTest, AnotherHistoryIsNoticedByItsNumberAndNotByEpochs) {
  say("first message");
  index();
  sql("UPDATE rooms SET epoch = 7");
  {
    Indexer indexer(index_path(), log());
    EXPECT_TRUE(indexer.compare(true)) << "another node raised it over the same log, while this one was away";
  }
  sql("SELECT raise_epochs()");
  Indexer indexer(index_path(), log());
  EXPECT_FALSE(indexer.compare(true));
  EXPECT_FALSE(indexer.compare(false)) << "also while it runs";
}

TEST_F(PostgresLogTest, OfAnotherHistoryTheSearchMakesANewIndex) {
  say("hello");
  HintQueue hints;
  Search search(
      {.open_log = bed_->logs(), .index_path = index_path(), .report = {}, .gather = 0ms, .compare_every = 10ms},
      hints);
  ASSERT_TRUE(search.settle(30s));
  sql("SELECT raise_epochs()");
  EXPECT_TRUE(comes_true([&] { return search.stats().rebuilt == 2; }));
  ASSERT_TRUE(search.settle(30s));
  EXPECT_EQ(search.find({.user = kAnn, .text = "hello"})->hits.size(), 1u);
}

TEST_F(PostgresLogTest, WhatNoStandbyWaitsForIsNotIndexed) {
  say("hello");
  Indexer indexer(index_path(), replicated_log());
  indexer.hint(std::array{kRoom});
  EXPECT_THROW(indexer.step(), LogFault);
  EXPECT_EQ(indexed("SELECT count(*) FROM docs"), 0);
  EXPECT_THROW(Indexer(index_path(), replicated_log()).compare(true), LogFault);
}

TEST_F(PostgresLogTest, WhatNoStandbyWaitsForIsNotTold) {
  say("hello");
  index();
  EXPECT_THROW(Finder(index_path(), replicated_log()).find({.user = kAnn, .text = "hello"}), LogFault);
  EXPECT_THROW(Finder(index_path(), replicated_log()).find({.user = UserId(9), .text = "hello"}), LogFault)
      << "nor that there is nothing";
}

/// A server of its own, which may go away.
class PostgresLogAway : public testing::Test {
 protected:
  PostgresLogAway() : bed_(migrated(server_.conninfo())) { bed_.make_room(kRoom, {kAnn}, 1000); }

  static std::string migrated(const std::string& conninfo) {
    EXPECT_TRUE(postgres::migrate(conninfo).has_value());
    return conninfo;
  }
  void say(std::string_view text) {
    bed_.append({.room = kRoom, .user = kAnn, .target = {}, .body = text, .ms = 2000});
  }
  void wait_for_nobody() {
    bed_.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    bed_.run("SELECT pg_reload_conf()");
    EXPECT_TRUE(comes_true([&] {
      bed_.connect();
      return bed_.run("SHOW synchronous_standby_names") == "nobody";
    }));
  }

  support::Cluster server_;
  PostgresBed bed_;
  store::TempDatabase folder_;
};

TEST_F(PostgresLogAway, IsReadAgainWhenItIsBack) {
  HintQueue hints;
  Search search({.open_log = bed_.logs(),
                 .index_path = folder_.file("search.db"),
                 .report = {},
                 .gather = 0ms,
                 .compare_every = 100ms},
                hints);
  const auto hits = [&]() -> std::size_t {
    const auto page = search.find({.user = kAnn, .text = "hello"});
    return page ? page->hits.size() : 1000;
  };
  say("hello");
  EXPECT_TRUE(comes_true([&] { return hits() == 1; }));
  EXPECT_EQ(bed_.run("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'search of starlingd%'"), "2");
  server_.crash();
  EXPECT_EQ(search.find({.user = kAnn, .text = "hello"}).error(), SearchError::Unavailable);
  server_.resume();
  bed_.connect();
  say("hello again");
  EXPECT_TRUE(comes_true([&] { return hits() == 2; }));
  EXPECT_EQ(search.stats().rebuilt, 1u) << "nothing was wrong with the index";
}

TEST_F(PostgresLogAway, AWaitForTheStandbyHasAnEndAndACancelledOneProvesNothing) {
  wait_for_nobody();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_THROW(bed_.replicated_logs()()->prove(), LogFault);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 60s);
  auto cancelled = std::async(std::launch::async, [&]() -> std::string {
    try {
      bed_.replicated_logs()()->prove();
    } catch (const LogFault& fault) {
      return fault.what();
    }
    return "proven";
  });
  EXPECT_TRUE(comes_true([&] {
    bed_.run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    return cancelled.wait_for(0s) == std::future_status::ready;
  }));
  EXPECT_THAT(cancelled.get(), HasSubstr("cut short"));
}

}  // namespace
}  // namespace starling::search
