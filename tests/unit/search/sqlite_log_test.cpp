// What only the log in SQLite has: a file that others must not touch, and epochs for a history.
#include "server/search/sqlite_log.h"

#include <gtest/gtest.h>

#include "server/search/index_file.h"
#include "server/search/search.h"
#include "tests/unit/search/log_fixture.h"
#include "tests/unit/search/sqlite_bed.h"

namespace starling::search {
namespace {

class SqliteLogTest : public LogTest {
 protected:
  SqliteLogTest() { room(kRoom, {kAnn, kBob}); }
  std::string log_path() const { return dynamic_cast<const SqliteBed&>(*bed_).path(); }
};

TEST_F(SqliteLogTest, IsOnlyRead) {
  say("first message");
  const std::string before = store::TempDatabase::bytes(log_path());
  index();
  EXPECT_EQ(store::TempDatabase::bytes(log_path()), before);
  sqlite::Connection finder = open_finder(index_path());
  EXPECT_THROW(finder.exec("DELETE FROM docs"), sqlite::SqliteError);
}

TEST_F(SqliteLogTest, ARestoreIsNoticedByItsEpochs) {
  say("first message");
  index();
  sql("UPDATE rooms SET epoch = 7");
  Indexer indexer(index_path(), log());
  EXPECT_FALSE(indexer.compare(true));
  EXPECT_TRUE(indexer.compare(false)) << "a running server raised it over the same log";
  EXPECT_TRUE(indexer.compare(true));
}

TEST_F(SqliteLogTest, WithoutADatabaseTheSearchIsUnavailable) {
  HintQueue hints;
  Search search({.open_log = sqlite_logs(folder_.file("nowhere.db")), .index_path = index_path(), .report = {}}, hints);
  const auto page = search.find({.user = kAnn, .text = "hello"});
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error(), SearchError::Unavailable);
}

}  // namespace
}  // namespace starling::search
