// The cache's thread, and files that cannot be used.
#include "client-qt/cache/cache.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include "tests/unit/client-qt/support/log.h"
#include "tests/unit/client-qt/support/spin.h"

namespace starling::qt {
namespace {

using namespace testing;

class CacheTest : public ::testing::Test {
 protected:
  QString path() const { return dir_.filePath("a.db"); }
  Result<Opened, CacheError> open(Cache& cache) {
    std::optional<Result<Opened, CacheError>> found;
    cache.open([&](Result<Opened, CacheError> opened) { found = std::move(opened); });
    EXPECT_TRUE(spin_until([&] { return found.has_value(); }));
    return *found;
  }
  QTemporaryDir dir_;
};

TEST_F(CacheTest, a_token_is_reported_only_when_another_connection_would_see_its_batch) {
  {
    Cache cache(path());
    ASSERT_TRUE(open(cache));
    quint64 durable = 0;
    QObject::connect(&cache, &Cache::persisted, [&](quint64 token) { durable = token; });
    cache.write({.token = 1, .ops = {StoreRoom{state_at(0)}}});
    for (std::uint64_t i = 1; i <= 50; ++i) {
      cache.write({.token = i + 1, .ops = {StoreOutboxPut{waiting(static_cast<std::uint32_t>(i), "x"), Cseq(50), {}}}});
    }
    EXPECT_TRUE(spin_until([&] { return durable == 51; }));
  }
  Cache again(path());
  EXPECT_EQ(50u, open(again)->snapshot.outbox.size());
}

TEST_F(CacheTest, a_read_sees_what_was_written_before_it) {
  Cache cache(path());
  ASSERT_TRUE(open(cache));
  cache.write({.ops = {StoreRoom{state_at(0)}, StoreDraft{kRoom, {.text = "half a thought", .version = 1}}}});
  std::string found;
  cache.ask(
      &cache, [](Store& store) { return store.draft(kRoom).text; }, [&](std::string text) { found = std::move(text); });
  EXPECT_TRUE(spin_until([&] { return found == "half a thought"; }));
}

TEST_F(CacheTest, what_was_reported_durable_survives_a_program_that_is_killed_between_transactions) {
  int pipe_ends[2];
  ASSERT_EQ(0, ::pipe(pipe_ends));
  const pid_t child = ::fork();
  if (child == 0) {
    // No Qt in the child: a thread of its parent's event loop is not there.
    Store store(path().toStdString());
    store.apply({{.ops = {StoreRoom{state_at(0)}}}});
    for (std::uint32_t i = 1;; ++i) {
      store.apply({{.ops = {StoreOutboxPut{waiting(i, "x"), Cseq(i), {}}}}});
      if (::write(pipe_ends[1], &i, sizeof i) != sizeof i) ::_exit(1);
    }
  }
  ::close(pipe_ends[1]);
  std::uint32_t durable = 0;
  while (durable < 25 && ::read(pipe_ends[0], &durable, sizeof durable) == sizeof durable) {
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  while (::read(pipe_ends[0], &durable, sizeof durable) == sizeof durable) {
  }
  ::close(pipe_ends[0]);
  Cache cache(path());
  const auto opened = open(cache);
  ASSERT_TRUE(opened) << opened.error().text.toStdString();
  EXPECT_FALSE(opened->trouble);
  const auto& outbox = opened->snapshot.outbox;
  ASSERT_GE(outbox.size(), durable);
  for (std::uint32_t i = 0; i < outbox.size(); ++i) EXPECT_EQ(Cseq(i + 1), outbox[i].send.cseq);
}

TEST_F(CacheTest, a_damaged_file_is_set_aside_whole_and_a_fresh_one_begun) {
  QFile file(path());
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  const QByteArray rubbish(8192, 'r');
  file.write(rubbish);
  file.close();
  Cache cache(path());
  const auto opened = open(cache);
  ASSERT_TRUE(opened);
  ASSERT_TRUE(opened->trouble);
  EXPECT_EQ(CacheFault::Damaged, opened->trouble->fault);
  EXPECT_FALSE(opened->snapshot.device);
  QFile aside(opened->set_aside);
  ASSERT_TRUE(aside.open(QIODevice::ReadOnly));
  EXPECT_EQ(rubbish, aside.readAll());
}

TEST_F(CacheTest, a_file_in_use_is_left_alone_and_another_one_begun) {
  Cache first(path());
  ASSERT_TRUE(open(first));
  first.write({.ops = {StoreAccount{"device", "70"}}});
  Cache second(path());
  const auto opened = open(second);
  ASSERT_TRUE(opened);
  ASSERT_TRUE(opened->trouble);
  EXPECT_EQ(CacheFault::Locked, opened->trouble->fault);
  EXPECT_FALSE(opened->snapshot.device);
  EXPECT_NE(path(), second.path());
  EXPECT_EQ(QStringList{}, QDir(dir_.path()).entryList({"*damaged*"}));
}

TEST_F(CacheTest, a_file_from_a_later_version_is_refused_and_stays) {
  {
    sqlite::Connection later({.path = path().toStdString(), .mode = sqlite::Connection::Mode::Create});
    later.exec("PRAGMA user_version = 999");
  }
  Cache cache(path());
  const auto opened = open(cache);
  ASSERT_FALSE(opened);
  EXPECT_EQ(CacheFault::Newer, opened.error().fault);
  EXPECT_TRUE(QFile::exists(path()));
}

}  // namespace
}  // namespace starling::qt
