// The service: its thread, its connections, and what becomes of them when the file goes bad.
#include "server/search/search.h"

#include <gmock/gmock.h>

#include <array>
#include <atomic>
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
    search_.emplace(SearchOptions{.log_path = log_path(), .index_path = index_path(), .report = {}, .gather = 0ms},
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

TEST_F(SearchTest, WithoutADatabaseItAnswersUnavailable) {
  Search search({.log_path = database_.file("nowhere.db"), .index_path = index_path(), .report = {}}, hints_);
  const auto page = search.find({.user = kAnn, .text = "hello"});
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error(), SearchError::Unavailable);
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
