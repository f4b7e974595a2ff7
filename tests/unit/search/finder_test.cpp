#include "server/search/finder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "common/base/rng.h"
#include "server/search/fold.h"
#include "tests/unit/search/log_fixture.h"

namespace starling::search {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr UserId kStranger{9};
constexpr RoomId kOther{0xFFFF'FFFF'FFFF'FF00};  // an id of the upper half

class FinderTest : public LogTest {
 protected:
  FinderTest() {
    room(kRoom, {kAnn, kBob});
    room(kOther, {kAnn});
  }

  /// All pages, as seq and room.
  std::vector<std::pair<RoomId, Seq>> all_pages(SearchQuery query) {
    std::vector<std::pair<RoomId, Seq>> all;
    for (int pages = 0; pages < 1000; ++pages) {
      const auto page = find(query);
      EXPECT_TRUE(page.has_value());
      EXPECT_LE(page->hits.size(), query.limit);
      for (const SearchHit& hit : page->hits) all.emplace_back(hit.room, hit.seq);
      if (page->next == 0) return all;
      query.before = page->next;
    }
    ADD_FAILURE() << "no end";
    return all;
  }
};

TEST_F(FinderTest, AHitSaysWhereWhoWhenAndWhat) {
  say("hello");
  const Seq seq = say("😀 Hello there", kOther, kAnn);
  const std::int64_t said = ms_;
  index();
  const auto page = find({.user = kAnn, .text = "hello"});
  ASSERT_THAT(page->hits, SizeIs(2));
  const SearchHit& hit = page->hits[0];
  EXPECT_EQ(hit.room, kOther);
  EXPECT_EQ(hit.seq, seq);
  EXPECT_EQ(hit.sender, kAnn);
  EXPECT_EQ(to_ms(hit.ts), said);
  EXPECT_EQ(hit.text, "😀 Hello there");
  EXPECT_THAT(hit.spans, ElementsAre(Span{3, 8}));
  EXPECT_EQ(page->next, 0u);
}

TEST_F(FinderTest, NobodyFindsWhatTheyMayNotRead) {
  say("hello all");
  say("hello Ann", kOther);
  index();
  EXPECT_THAT(found("hello", kAnn), SizeIs(2));
  EXPECT_THAT(found("hello", kBob), ElementsAre("hello all"));
  EXPECT_THAT(found("hello", kStranger), IsEmpty());
  EXPECT_THAT(found({.user = kBob, .text = "hello", .room = kOther}), IsEmpty());
}

TEST_F(FinderTest, ARemovedMemberFindsNothingAtOnce) {
  say("hello all");
  index();
  Finder finder(index_path(), log());
  EXPECT_THAT(finder.find({.user = kBob, .text = "hello"})->hits, SizeIs(1));
  kick(kRoom, kBob);
  EXPECT_THAT(finder.find({.user = kBob, .text = "hello"})->hits, IsEmpty());
  EXPECT_THAT(finder.find({.user = kBob, .text = "hello", .room = kRoom})->hits, IsEmpty());
}

TEST_F(FinderTest, AMemberFindsOnlyWhatIsInSight) {
  for (int i = 0; i < 10; ++i) say("hello " + std::to_string(i));
  index();
  EXPECT_THAT(found("hello", kBob), SizeIs(10));
  sql("UPDATE members SET visible_from = 11 WHERE user_id = 2");
  EXPECT_THAT(found("hello", kBob), ElementsAre("hello 9", "hello 8"));
  EXPECT_THAT(found({.user = kBob, .text = "hello", .room = kRoom}), SizeIs(2));
  EXPECT_THAT(found("hello", kAnn), SizeIs(10));
}

TEST_F(FinderTest, FiltersNarrow) {
  say("hello one", kRoom, kAnn);
  const std::int64_t first = ms_;
  say("hello two", kRoom, kBob);
  const std::int64_t second = ms_;
  ms_ += 5 * 3'600'000;
  say("hello three", kOther, kAnn);
  index();
  EXPECT_THAT(found({.user = kAnn, .text = "hello", .room = kOther}), ElementsAre("hello three"));
  EXPECT_THAT(found({.user = kAnn, .text = "hello", .sender = kBob}), ElementsAre("hello two"));
  EXPECT_THAT(found({.user = kAnn, .text = "hello", .from = wall_from_ms(second)}),
              ElementsAre("hello three", "hello two"));
  EXPECT_THAT(found({.user = kAnn, .text = "hello", .to = wall_from_ms(second)}), ElementsAre("hello one"));
  EXPECT_THAT(found({.user = kAnn, .text = "hello", .from = wall_from_ms(first), .to = wall_from_ms(second + 1)}),
              ElementsAre("hello two", "hello one"));
  EXPECT_THAT(found({.user = kAnn, .text = "hello", .from = wall_from_ms(ms_ + 1)}), IsEmpty());
  EXPECT_THAT(found({.user = kAnn, .text = "hello", .from = wall_from_ms(ms_ + 90'000'000)}), IsEmpty());
  EXPECT_THAT(found({.user = kAnn, .text = "hello", .to = wall_from_ms(0)}), IsEmpty());
}

TEST_F(FinderTest, PagingIsCompleteAndWithoutDoubles) {
  sql("BEGIN");
  for (int i = 0; i < 500; ++i) say(i % 5 == 0 ? "another thing" : "hello again", i % 3 == 0 ? kRoom : kOther);
  sql("COMMIT");
  index();
  for (const auto& where : {std::optional<RoomId>(), std::optional<RoomId>(kOther)}) {
    const auto all = all_pages({.user = kAnn, .text = "hello", .room = where, .limit = 7});
    EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size());
    EXPECT_EQ(all.size(), where ? 267u : 400u);
  }
}

TEST_F(FinderTest, PagingGoesOnOverWhatHappensMeanwhile) {
  for (int i = 0; i < 20; ++i) say("hello " + std::to_string(i));
  index();
  const auto first = find({.user = kAnn, .text = "hello", .limit = 10});
  say("hello newest");
  erase(first->hits.back().seq);
  index();
  const auto second = find({.user = kAnn, .text = "hello", .before = first->next, .limit = 50});
  ASSERT_THAT(second->hits, SizeIs(10));
  EXPECT_EQ(second->hits.front().text, "hello 9");
}

TEST_F(FinderTest, ACursorOfAnIndexThatIsGoneIsRefused) {
  for (int i = 0; i < 5; ++i) say("hello " + std::to_string(i));
  index();
  const auto page = find({.user = kAnn, .text = "hello", .limit = 2});
  ASSERT_NE(page->next, 0u);
  store::TempDatabase::sql(index_path(), "UPDATE meta SET generation = generation + 1");
  const auto stale = find({.user = kAnn, .text = "hello", .before = page->next, .limit = 2});
  ASSERT_FALSE(stale.has_value());
  EXPECT_EQ(stale.error(), SearchError::StaleCursor);
}

TEST_F(FinderTest, APageHasAtMostFifty) {
  for (int i = 0; i < 60; ++i) say("hello");
  index();
  EXPECT_THAT(find({.user = kAnn, .text = "hello", .limit = 1000})->hits, SizeIs(limits::kHitsMax));
  EXPECT_THAT(find({.user = kAnn, .text = "hello", .limit = 0})->hits, SizeIs(1));
}

TEST_F(FinderTest, ASearchThatLooksAtTooMuchEndsWithACursor) {
  const Seq wanted = say("abcde");
  for (int i = 0; i < 25; ++i) say("abc cde");  // its pieces are the query's, the text is not
  index();
  Finder finder(index_path(), log(), 10);
  SearchQuery query{.user = kAnn, .text = "abcde"};
  for (int pages = 0; pages < 2; ++pages) {
    const auto page = finder.find(query);
    EXPECT_THAT(page->hits, IsEmpty());
    ASSERT_NE(page->next, 0u);
    query.before = page->next;
  }
  const auto last = finder.find(query);
  ASSERT_THAT(last->hits, SizeIs(1));
  EXPECT_EQ(last->hits.front().seq, wanted);
  EXPECT_EQ(last->next, 0u);
}

TEST_F(FinderTest, APageEndsEarlyWhereMuchIsGoneThatTheIndexStillHas) {
  say("hello first");
  std::vector<Seq> gone;
  for (int i = 0; i < 3 * limits::kAsksMax; ++i) gone.push_back(say("hello " + std::to_string(i)));
  index();
  for (const Seq message : gone) erase(message);
  const SearchQuery query{.user = kAnn, .text = "hello", .limit = 1};
  const auto page = find(query);
  EXPECT_THAT(page->hits, IsEmpty());
  EXPECT_NE(page->next, 0u);
  EXPECT_THAT(all_pages(query), SizeIs(1));
}

TEST_F(FinderTest, ManyRoomsAreLookedUpInsteadOfNamed) {
  const UserId busy(77);
  for (std::uint64_t i = 0; i < limits::kRoomsNamedMax + 20; ++i) {
    room(RoomId(1000 + i), {busy});
    say("hello " + std::to_string(i), RoomId(1000 + i), busy);
  }
  for (int i = 0; i < 50; ++i) say("hello others");
  index();
  const auto all = all_pages({.user = busy, .text = "hello", .limit = 30});
  EXPECT_EQ(all.size(), limits::kRoomsNamedMax + 20);
}

TEST_F(FinderTest, ErrorsOfTheQueryAreTold) {
  index();
  EXPECT_EQ(find({.user = kAnn, .text = ""}).error(), SearchError::Empty);
  EXPECT_EQ(find({.user = kAnn, .text = "x"}).error(), SearchError::TooShort);
  EXPECT_EQ(find({.user = kAnn, .text = std::string(513, 'x')}).error(), SearchError::TooLong);
}

/// Every message that contains the words, and no other, whatever the index thinks of them.
TEST_F(FinderTest, AgreesWithASearchOfAllTexts) {
  const std::vector<std::string> pieces{"hello", "Wörld", "go",   "今天", "天气", "好",  "привет",
                                        "ёлка",  "سلام",  "👍🏽", "a",    "C++",  "x.y", "hell",
                                        "low",   "日本",  "한국", "(ok)", "ﬁne",  "42"};
  Rng rng(3);
  std::vector<std::pair<Seq, std::string>> texts;
  sql("BEGIN");
  for (int n = 0; n < 600; ++n) {
    std::string text;
    for (std::uint64_t left = 1 + rng.below(5); left > 0; --left) {
      text += pieces[rng.below(pieces.size())];
      if (rng.chance(2, 3)) text += ' ';
    }
    texts.emplace_back(say(text), text);
  }
  sql("COMMIT");
  index();
  Finder finder(index_path(), log());
  int asked = 0;
  for (int n = 0; n < 400; ++n) {
    const std::string& from = texts[rng.below(texts.size())].second;
    const std::size_t begin = rng.below(from.size());
    std::string text = from.substr(begin, 1 + rng.below(12));
    if (rng.chance(1, 3)) text = '"' + text + '"';
    if (rng.chance(1, 3)) text += ' ' + pieces[rng.below(pieces.size())];
    const auto terms = terms_of(text);
    if (!terms || !tokens_of(*terms)) continue;
    ++asked;
    std::vector<Seq> wanted;
    for (const auto& [seq, body] : texts) {
      if (matches(*terms, fold(body))) wanted.push_back(seq);
    }
    std::reverse(wanted.begin(), wanted.end());
    std::vector<Seq> got;
    SearchQuery query{.user = kAnn, .text = text, .limit = 50};
    do {
      const auto page = finder.find(query);
      ASSERT_TRUE(page.has_value());
      for (const SearchHit& hit : page->hits) {
        EXPECT_THAT(hit.spans, testing::Not(IsEmpty())) << text;
        got.push_back(hit.seq);
      }
      query.before = page->next;
    } while (query.before != 0);
    ASSERT_EQ(got, wanted) << text;
  }
  EXPECT_GT(asked, 200);
}

}  // namespace
}  // namespace starling::search
