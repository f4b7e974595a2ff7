// The service: its thread, its connections, and what becomes of them when the file goes bad.
#include "server/search/search.h"

#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/unit/search/log_fixture.h"

namespace starling::search {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

class SearchTest : public LogTest {
 protected:
  SearchTest() { room(kRoom, {kAnn, kBob}); }

  void start() {
    search_.emplace(SearchOptions{.open_log = bed_->logs(), .index_path = index_path(), .report = {}, .gather = 0ms},
                    hints_);
    ASSERT_TRUE(search_->settle(30s));
  }
  void said(std::string_view text) {
    say(text);
    hints_.committed(std::array{kRoom});
  }
  std::size_t hits(const std::string& text) {
    const auto page = search_->find({.user = kAnn, .text = text, .limit = 50});
    return page ? page->hits.size() : 1000 + static_cast<std::size_t>(page.error());
  }

  HintQueue hints_;
  std::optional<Search> search_;
};

TEST_F(SearchTest, FindsWhatWasThereAndWhatIsSaidMeanwhile) {
  say("hello before");
  start();
  EXPECT_EQ(hits("hello"), 1u);
  said("hello after");
  ASSERT_TRUE(search_->settle(30s));
  EXPECT_EQ(hits("hello"), 2u);
  EXPECT_FALSE(search_->find({.user = kAnn, .text = "hello"})->catching_up);
}

TEST_F(SearchTest, LostHintsAreMadeGood) {
  start();
  say("hello unheard");
  std::vector<RoomId> others;
  for (std::uint64_t i = 0; i < limits::kHintsMax + 1; ++i) others.emplace_back(1000 + i);
  hints_.committed(others);
  ASSERT_TRUE(search_->settle(30s));
  EXPECT_EQ(hits("hello"), 1u);
}

TEST_F(SearchTest, ADamagedIndexIsMadeAnewWhileOthersSearch) {
  for (int i = 0; i < 2000; ++i) say("hello number " + std::to_string(i));
  start();
  EXPECT_EQ(hits("1999"), 1u);
  // The whole file but its first page, and what was not copied into it yet.
  store::TempDatabase::scratch(index_path(), 4096, 10'000'000);
  std::filesystem::resize_file(index_path() + "-wal", 0);
  said("hello number 2000");  // the indexer meets it at the latest when it writes
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([this, &wrong] {
      while (search_->stats().rebuilt < 2) {
        const auto page = search_->find({.user = kAnn, .text = "number", .limit = 50});
        if (!page && page.error() != SearchError::Unavailable) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
  ASSERT_TRUE(search_->settle(60s));
  EXPECT_EQ(hits("1999"), 1u);
  EXPECT_EQ(hits("2000"), 1u);
  EXPECT_GE(search_->stats().faults, 1u);
}

TEST_F(SearchTest, ManyAskAtOnceWhileMessagesCome) {
  for (int i = 0; i < 100; ++i) say("hello " + std::to_string(i));
  start();
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const auto page = search_->find({.user = kAnn, .text = "hello", .limit = 50});
        if (!page || page->hits.size() != 50) ++wrong;
      }
    });
  }
  for (int i = 0; i < 100; ++i) said("hello more " + std::to_string(i));
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
  ASSERT_TRUE(search_->settle(30s));
  EXPECT_EQ(hits("\"more 99\""), 1u);
}

TEST_F(SearchTest, ALogThatIsAwayIsUnavailableUntilItIsReadAgain) {
  std::atomic<bool> away = true;
  std::atomic<int> opened = 0;
  const OpenLog logs = [&]() -> std::unique_ptr<Log> {
    ++opened;
    if (away) throw LogFault("it is away");
    return log();
  };
  say("hello");
  Search search({.open_log = logs, .index_path = index_path(), .report = {}, .gather = 0ms}, hints_);
  const SearchQuery query{.user = kAnn, .text = "hello"};
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (search.stats().faults == 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_GT(search.stats().faults, 0u);
  const int before = opened;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(search.find(query).error(), SearchError::Unavailable);
  EXPECT_LE(opened, before + 1) << "only the indexer tries";
  away = false;
  ASSERT_TRUE(search.settle(30s));
  ASSERT_TRUE(search.find(query).has_value());
  EXPECT_EQ(search.find(query)->hits.size(), 1u);
}

TEST_F(SearchTest, WhoMeetsALogThatIsAwayClosesItForAllUntilTheIndexerHasReadIt) {
  std::atomic<int> away = 0;
  const OpenLog logs = [&]() -> std::unique_ptr<Log> {
    if (away.exchange(0) != 0) throw LogFault("for this one alone");
    return log();
  };
  say("hello");
  Search search({.open_log = logs, .index_path = index_path(), .report = {}, .gather = 0ms}, hints_);
  ASSERT_TRUE(search.settle(30s));
  away = 1;
  EXPECT_FALSE(search.find({.user = kAnn, .text = "hello"}).has_value());
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!search.find({.user = kAnn, .text = "hello"}) && std::chrono::steady_clock::now() < end) {
  }
  EXPECT_TRUE(search.find({.user = kAnn, .text = "hello"}).has_value());
  EXPECT_EQ(search.stats().rebuilt, 1u) << "nothing is wrong with the index";
}

TEST_F(SearchTest, WhatOthersWroteIsFoundByComparing) {
  room(RoomId(6), {kAnn});
  search_.emplace(
      SearchOptions{
          .open_log = bed_->logs(), .index_path = index_path(), .report = {}, .gather = 0ms, .compare_every = 20ms},
      hints_);
  ASSERT_TRUE(search_->settle(30s));
  say("hello of another node", RoomId(6));
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (hits("hello") != 1 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_EQ(hits("hello"), 1u);
}

TEST_F(SearchTest, CountsWhatItDid) {
  say("hello");
  start();
  hits("hello");
  const std::string text = search_->metrics();
  EXPECT_THAT(text, HasSubstr("\nstarling_search_indexed_total 1\n"));
  EXPECT_THAT(text, HasSubstr("\nstarling_search_queries_total 1\n"));
  EXPECT_THAT(text, HasSubstr("\nstarling_search_behind 0\n"));
}

TEST(HintQueue, KeepsSoManyRoomsAndThenOnlyThatThereWereMore) {
  HintQueue hints;
  for (std::uint64_t i = 0; i < limits::kHintsMax; ++i) hints.committed(std::array{RoomId(i + 1)});
  EXPECT_FALSE(hints.take().lost);
  for (std::uint64_t i = 0; i < limits::kHintsMax + 1; ++i) hints.committed(std::array{RoomId(i + 1)});
  const HintQueue::Hints taken = hints.take();
  EXPECT_TRUE(taken.lost);
  EXPECT_THAT(taken.rooms, SizeIs(limits::kHintsMax));
  EXPECT_EQ(taken.upto, 2 * limits::kHintsMax + 1);
  EXPECT_THAT(hints.take().rooms, SizeIs(0));
}

}  // namespace
}  // namespace starling::search
