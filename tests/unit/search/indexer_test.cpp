#include "server/search/indexer.h"

#include <gmock/gmock.h>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/search/grams.h"
#include "server/search/index_file.h"
#include "server/search/tokenizer.h"
#include "tests/unit/search/log_fixture.h"

namespace starling::search {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class IndexerTest : public LogTest {
 protected:
  IndexerTest() { room(kRoom, {kAnn, kBob}); }

  /// Documents that FTS5 has under a token, whatever else is known of them.
  std::int64_t posted(const std::string& token) {
    sqlite::Connection connection = open_finder(index_path());
    sqlite::Statement count(connection, "SELECT count(*) FROM grams WHERE grams MATCH ?");
    const std::string match = MatchText().all_of({token}).text();
    sqlite::Rows rows = count.query(match);
    return rows.next() ? rows.i64(0) : -1;
  }
};

TEST_F(IndexerTest, FindsMessagesInEveryScriptByAPartOfAWord) {
  say("The quick brown fox");
  say("Съешь ещё этих булок");
  say("今天天气很好");
  say("مَرحَبًا بالعالم");
  index();
  EXPECT_THAT(found("rown"), ElementsAre("The quick brown fox"));
  EXPECT_THAT(found("ЕЩЕ"), ElementsAre("Съешь ещё этих булок"));
  EXPECT_THAT(found("天气"), ElementsAre("今天天气很好"));
  EXPECT_THAT(found("مرحبا"), ElementsAre("مَرحَبًا بالعالم"));
  EXPECT_THAT(found("browns"), IsEmpty());
}

TEST_F(IndexerTest, NewestFirstOverRoomsAlsoWhenTheIndexIsBuiltAnew) {
  const RoomId other(6);
  room(other, {kAnn});
  for (int i = 0; i < 200; ++i) say("number " + std::to_string(i), i % 3 == 0 ? kRoom : other);
  index();
  const auto page = find({.user = kAnn, .text = "number", .limit = 50});
  ASSERT_THAT(page->hits, SizeIs(50));
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(page->hits[static_cast<std::size_t>(i)].text, "number " + std::to_string(199 - i));
}

TEST_F(IndexerTest, AnEditReplacesTheText) {
  const Seq one = say("first words");
  const Seq two = say("second words");
  edit(one, "edited at once");
  index();
  edit(two, "edited later");
  index();
  EXPECT_THAT(found("words"), IsEmpty());
  EXPECT_THAT(found("edited"), ElementsAre("edited later", "edited at once"));
  EXPECT_EQ(posted("wor"), 0);
  EXPECT_EQ(indexed("SELECT count(*) FROM docs"), 2);
}

TEST_F(IndexerTest, TheLastEditCounts) {
  const Seq one = say("alpha");
  index();
  for (int i = 0; i < 5; ++i) edit(one, "beta " + std::to_string(i));
  index();
  EXPECT_THAT(found("beta"), ElementsAre("beta 4"));
  EXPECT_EQ(posted("bet"), 1);
}

TEST_F(IndexerTest, AnEditThatIsNotIndexedYetIsNotShownUnderItsOldWords) {
  const Seq one = say("secret plan");
  index();
  edit(one, "nothing here");
  EXPECT_THAT(found("secret"), IsEmpty());
}

TEST_F(IndexerTest, ADeletedMessageIsGoneAtOnceAndSoonFromTheIndex) {
  const Seq one = say("secret plan");
  say("secret other");
  index();
  erase(one);
  EXPECT_THAT(found("secret"), ElementsAre("secret other"));
  index();
  EXPECT_THAT(found("secret"), ElementsAre("secret other"));
  EXPECT_EQ(posted("sec"), 1);
  EXPECT_EQ(posted("pla"), 0);
  EXPECT_EQ(indexed("SELECT count(*) FROM docs"), 1);
  EXPECT_EQ(indexed("SELECT docs FROM rooms"), 1);
}

TEST_F(IndexerTest, ADeletionInTheSameBatchLeavesNothing) {
  const Seq one = say("secret plan");
  edit(one, "secret change");
  erase(one);
  edit(one, "an edit after its deletion");
  index();
  EXPECT_EQ(indexed("SELECT count(*) FROM docs"), 0);
  EXPECT_EQ(posted("edi"), 0);
}

TEST_F(IndexerTest, AnEditAfterTheDeletionBringsNothingBack) {
  const Seq one = say("secret plan");
  index();
  erase(one);
  edit(one, "secret again");
  index();
  EXPECT_THAT(found("secret"), IsEmpty());
  EXPECT_EQ(posted("sec"), 0);
}

TEST_F(IndexerTest, RetentionCutsAtOnceAndSoonFromTheIndex) {
  for (int i = 0; i < 10; ++i) say("number " + std::to_string(i));
  index();
  sql("UPDATE rooms SET min_seq = 9");  // two members joined before
  EXPECT_THAT(found("number"), SizeIs(4));
  sql("DELETE FROM events WHERE seq < 9");
  index();
  EXPECT_EQ(posted("num"), 4);
  EXPECT_EQ(indexed("SELECT count(*) FROM docs"), 4);
  EXPECT_EQ(indexed("SELECT min_seq FROM rooms"), 9);
  say("number 10");
  index();
  EXPECT_THAT(found("number"), SizeIs(5));
}

TEST_F(IndexerTest, ARoomThatIsGoneLeavesTheIndex) {
  say("number");
  index();
  sql("DELETE FROM events; DELETE FROM rooms");
  index();
  EXPECT_EQ(indexed("SELECT count(*) FROM docs"), 0);
  EXPECT_EQ(indexed("SELECT count(*) FROM rooms"), 0);
  EXPECT_EQ(posted("num"), 0);
}

TEST_F(IndexerTest, GoesOnWhereTheLastBatchEnded) {
  constexpr int kMessages = 10'000;
  sql("BEGIN");
  for (int i = 0; i < kMessages; ++i) say("number " + std::to_string(i));
  sql("COMMIT");
  int crashes = 0;
  for (bool more = true; more; ++crashes) {
    Indexer indexer(index_path(), log());
    ASSERT_TRUE(indexer.compare(true));
    more = indexer.step();
  }
  EXPECT_GT(crashes, 2);
  EXPECT_EQ(indexed("SELECT count(*) FROM docs"), kMessages);
  EXPECT_EQ(indexed("SELECT docs FROM rooms"), kMessages);
  EXPECT_EQ(posted("num"), kMessages);
  EXPECT_THAT(found("1234"), ElementsAre("number 1234"));
}

TEST_F(IndexerTest, ABatchThatFailsHasNotHappened) {
  say("first message");
  index();
  {
    Indexer indexer(index_path(), log());
    ASSERT_TRUE(indexer.compare(true));
    say("second message");
    indexer.hint(std::array{kRoom});
    store::Connection other({.path = index_path()});
    other.exec("BEGIN IMMEDIATE");
    EXPECT_THROW(indexer.step(), sqlite::SqliteError);
  }
  index();
  EXPECT_THAT(found("message"), ElementsAre("second message", "first message"));
  EXPECT_EQ(posted("mes"), 2);
}

TEST_F(IndexerTest, AHintIsEnoughAndWithoutOneTheHeadsTell) {
  say("first message");
  Indexer indexer(index_path(), log());
  ASSERT_TRUE(indexer.compare(true));
  EXPECT_FALSE(indexer.step());
  say("second message");
  EXPECT_FALSE(indexer.behind());
  indexer.hint(std::array{kRoom});
  EXPECT_TRUE(indexer.behind());
  EXPECT_FALSE(indexer.step());
  EXPECT_THAT(found("message"), SizeIs(2));
  say("third message");
  ASSERT_TRUE(indexer.compare(false));
  EXPECT_FALSE(indexer.step());
  EXPECT_THAT(found("message"), SizeIs(3));
}

TEST_F(IndexerTest, ALogThatIsShorterThanTheIndexIsAnother) {
  say("first message");
  say("second message");
  index();
  sql("UPDATE rooms SET epoch = 7");
  {
    Indexer indexer(index_path(), log());
    EXPECT_TRUE(indexer.compare(false)) << "a running server raised the epoch over the same log";
    EXPECT_TRUE(indexer.compare(true));
  }
  sql("UPDATE rooms SET head = head - 1");
  Indexer indexer(index_path(), log());
  EXPECT_FALSE(indexer.compare(false));
}

TEST_F(IndexerTest, WhatIsNoIndexOfThisFormatIsMadeAnew) {
  say("first message");
  index();
  store::TempDatabase::sql(index_path(), "PRAGMA user_version = 99");
  index();
  EXPECT_THAT(found("first"), SizeIs(1));
  store::TempDatabase::put_bytes(index_path(), std::string(100'000, 'x'));
  index();
  EXPECT_THAT(found("first"), SizeIs(1));
  store::TempDatabase::put_bytes(index_path(), "");
  index();
  EXPECT_THAT(found("first"), SizeIs(1));
  EXPECT_EQ(indexed("SELECT count(*) FROM docs"), 1);
}

TEST_F(IndexerTest, WhatComesWhileARoomIsReadAheadIsNotForgotten) {
  constexpr std::uint64_t kRooms = 300;  // more than are read together
  for (std::uint64_t i = 0; i < kRooms; ++i) room(RoomId(1000 + i), {kAnn});
  index();
  sql("BEGIN");
  for (int n = 0; n < 20; ++n) {
    for (std::uint64_t i = 0; i < kRooms; ++i) say("number " + std::to_string(n), RoomId(1000 + i));
  }
  sql("COMMIT");
  Indexer indexer(index_path(), log());
  ASSERT_TRUE(indexer.compare(true));
  ASSERT_TRUE(indexer.step()) << "one batch is not all";
  const RoomId read_to_its_end(1010);
  say("the last one", read_to_its_end);
  indexer.hint(std::array{read_to_its_end});
  while (indexer.step()) {
  }
  EXPECT_EQ(indexed("SELECT count(*) FROM docs"), 20 * 300 + 1);
  EXPECT_EQ(indexed("SELECT count(*) FROM docs a JOIN docs b ON b.id = a.id + 1 WHERE b.ts < a.ts"), 0)
      << "ids ascend with time";
  EXPECT_THAT(found("\"the last\""), SizeIs(1));
}

/// The same log, and how often it is asked for events.
class CountingLog final : public Log {
 public:
  CountingLog(std::unique_ptr<Log> log, int& reads) : log_(std::move(log)), reads_(reads) {}
  std::uint64_t history() override { return log_->history(); }
  std::vector<LogRoom> rooms_from(RoomId first, std::size_t limit) override { return log_->rooms_from(first, limit); }
  std::vector<LogRest> rest_after(std::span<const LogPlace> places) override { return log_->rest_after(places); }
  std::vector<std::vector<LogEvent>> events_after(std::span<const LogPlace> places, std::uint32_t each) override {
    ++reads_;
    return log_->events_after(places, each);
  }
  std::vector<LogSight> sights_of(UserId user, std::optional<RoomId> only) override {
    return log_->sights_of(user, only);
  }
  std::vector<std::optional<LogMessage>> messages(UserId user, std::span<const LogPlace> places) override {
    return log_->messages(user, places);
  }
  void prove() override { log_->prove(); }

 private:
  std::unique_ptr<Log> log_;
  int& reads_;
};

TEST_F(IndexerTest, HoweverManyRoomsAreOfOneMomentTheyAreReadByTheHundred) {
  constexpr std::size_t kRooms = limits::kAheadRows + 4;
  sql("BEGIN");
  for (std::uint64_t i = 0; i < kRooms; ++i) {
    room(RoomId(100 + i), {kAnn});
    say("one", RoomId(100 + i));
    say("two", RoomId(100 + i));
  }
  sql("UPDATE events SET ts = 1000");
  sql("COMMIT");
  int reads = 0;
  Indexer indexer(index_path(), std::make_unique<CountingLog>(log(), reads));
  ASSERT_TRUE(indexer.compare(true));
  while (indexer.step()) {
  }
  EXPECT_EQ(indexed("SELECT count(*) FROM docs"), static_cast<std::int64_t>(2 * kRooms));
  EXPECT_LE(reads, static_cast<int>(kRooms / limits::kRoomsTogether) + 2);
}

TEST_F(IndexerTest, RoomsAreComparedPageByPage) {
  // Of both halves of the ids.
  sql("BEGIN");
  for (std::uint64_t i = 0; i < 2 * limits::kRoomsPage + 10; ++i) {
    const RoomId each(i % 2 == 0 ? i + 10 : ~i);
    room(each, {kAnn});
    say("number " + std::to_string(i), each);
  }
  sql("COMMIT");
  index();
  EXPECT_EQ(indexed("SELECT count(*) FROM docs"), static_cast<std::int64_t>(2 * limits::kRoomsPage + 10));
  sql("DELETE FROM events WHERE room_id < 0");
  sql("DELETE FROM rooms WHERE room_id < 0");
  index();
  EXPECT_EQ(indexed("SELECT count(*) FROM docs"), static_cast<std::int64_t>(limits::kRoomsPage + 5));
  EXPECT_EQ(indexed("SELECT count(*) FROM rooms WHERE room_id < 0"), 0);
}

}  // namespace
}  // namespace starling::search
