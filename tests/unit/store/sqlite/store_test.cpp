// The store's own ways, beyond the contract that it shares with the model.
#include "server/store/sqlite/store.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <chrono>
#include <future>
#include <memory>

#include "server/store/sqlite/limits.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::store {
namespace {

using ports::StoreStatus;
using testing::HasSubstr;

constexpr RoomId kRoom{5};
constexpr UserId kUser{1};
constexpr DeviceId kDevice{11};

class StoreTest : public testing::Test {
 protected:
  void open(std::uint32_t busy_timeout_ms = 1000) {
    open({.path = database_.path(), .busy_timeout_ms = busy_timeout_ms});
  }
  void open(const StoreConfig& config) {
    store_.reset();
    auto opened = Store::open(config, [this](ShardId shard, ports::StoreCompletion&& completion) {
      shard_ = shard;
      done_.set_value(std::move(completion));
    });
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    store_ = std::move(*opened);
  }
  ports::StoreCompletion run(ports::StoreRequest request) {
    done_ = {};
    auto future = done_.get_future();
    store_->submit(ShardId(6), {.id = ++id_, .request = std::move(request)});
    auto completion = future.get();
    EXPECT_EQ(completion.id, id_);
    EXPECT_EQ(shard_, ShardId(6));
    return completion;
  }
  void make_room() {
    run(ports::CreateRoom{
        .user = kUser, .device = kDevice, .request_id = 1, .proposed = kRoom, .title = "t", .members = {}, .now = {}});
  }
  static ports::CommitRow row(std::uint32_t cseq, std::string body) {
    ports::CommitRow made{.user = kUser,
                          .device = kDevice,
                          .cseq = Cseq(cseq),
                          .client_msg_id = ClientMsgId(cseq),
                          .body_hash = wire::body_hash(body)};
    made.body = std::move(body);
    return made;
  }
  ports::Committed commit(std::vector<ports::CommitRow> rows) {
    return std::get<ports::Committed>(
        run(ports::CommitBatch{.room = kRoom, .epoch = Epoch(1), .now = {}, .rows = std::move(rows)}).result);
  }
  static StartError open_error(const StoreConfig& config) {
    const auto opened = Store::open(config, [](ShardId, ports::StoreCompletion&&) {});
    return opened ? StartError("it opened") : opened.error();
  }
  static std::string error_of(const std::string& path) {
    return open_error({.path = path, .busy_timeout_ms = 10}).text;
  }
  std::uint64_t counted(const std::string& name) const {
    const std::string text = store_->metrics();
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + name.size() + 2));
  }

  TempDatabase database_;
  std::promise<ports::StoreCompletion> done_;
  ShardId shard_;
  std::uint64_t id_ = 0;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, TellsWhichRoomsHaveGrownBeforeTheAnswer) {
  std::vector<RoomId> grown;  // of the writer's thread, read after its answer
  open({.path = database_.path(), .committed = [&grown](std::span<const RoomId> rooms) {
          grown.insert(grown.end(), rooms.begin(), rooms.end());
        }});
  make_room();
  EXPECT_TRUE(grown.empty());
  commit({row(1, "one"), row(2, "two")});
  EXPECT_EQ(grown, std::vector{kRoom});
  commit({row(1, "one")});  // a duplicate
  run(ports::CommitBatch{.room = RoomId(99), .epoch = Epoch(1), .now = {}, .rows = {row(1, "nowhere")}});
  EXPECT_EQ(grown, std::vector{kRoom});
  commit({row(3, "three")});
  EXPECT_EQ(grown, (std::vector{kRoom, kRoom}));
}

TEST_F(StoreTest, WhatWasCommittedIsThereAfterARestart) {
  open();
  make_room();
  commit({row(1, "kept")});
  open();
  const auto loaded = std::get<ports::RoomLoaded>(run(ports::LoadRoom{kRoom}).result);
  ASSERT_EQ(loaded.tail.size(), 2u);
  EXPECT_EQ(loaded.tail[1].body, "kept");
  EXPECT_TRUE(store_->healthy());
}

TEST_F(StoreTest, ARowThatSqliteRefusesIsRejectedAloneAndItsNumberConsumed) {
  open();
  make_room();
  const std::string monster(static_cast<std::size_t>(sqlite::kValueBytesMax) + 1, 'm');
  const auto done = commit({row(1, "a"), row(2, "b"), row(3, monster), row(4, "d"), row(5, monster), row(6, "f")});
  std::vector<wire::SendStatus> found;
  for (const auto& result : done.results) found.push_back(result.status);
  using enum wire::SendStatus;
  EXPECT_THAT(found, testing::ElementsAre(Accepted, Accepted, Rejected, Accepted, Rejected, Accepted));
  EXPECT_EQ(done.head, Seq(5));
  EXPECT_EQ(store_->stats().rows_refused, 2u);
  EXPECT_EQ(commit({row(3, "b")}).results.at(0).status, RejectedBefore);
  EXPECT_EQ(commit({row(4, "d")}).results.at(0).seq, Seq(4));
  EXPECT_EQ(commit({row(7, "g")}).results.at(0).status, Accepted);
}

TEST_F(StoreTest, ATitleThatSqliteRefusesLeavesNoRoom) {
  open();
  const auto made =
      run(ports::CreateRoom{.user = kUser,
                            .device = kDevice,
                            .request_id = 1,
                            .proposed = kRoom,
                            .title = std::string(static_cast<std::size_t>(sqlite::kValueBytesMax) + 1, 't'),
                            .members = {},
                            .now = {}});
  EXPECT_EQ(std::get<ports::RoomMade>(made.result).status, wire::CreateStatus::Rejected);
  EXPECT_FALSE(std::get<ports::RoomLoaded>(run(ports::LoadRoom{kRoom}).result).exists);
}

TEST_F(StoreTest, ALockOfAnotherProcessIsUnavailableAndPasses) {
  open(10);
  make_room();
  {
    Connection other({.path = database_.path()});
    other.exec("BEGIN IMMEDIATE");
    const auto locked = run(ports::CommitBatch{.room = kRoom, .epoch = Epoch(1), .now = {}, .rows = {row(1, "a")}});
    EXPECT_EQ(locked.status, StoreStatus::Unavailable);
    EXPECT_EQ(std::get<ports::Committed>(locked.result).batch.rows.size(), 1u);
    EXPECT_FALSE(store_->healthy());
    EXPECT_FALSE(store_->failed());
    EXPECT_THAT(store_->why(), HasSubstr("locked by another process"));
    EXPECT_EQ(run(ports::LoadRoom{kRoom}).status, StoreStatus::Ok) << "readers go on";
  }
  EXPECT_EQ(commit({row(1, "a")}).results.at(0).status, wire::SendStatus::Accepted);
  EXPECT_TRUE(store_->healthy());
}

TEST_F(StoreTest, ALongLogIsReadInManySteps) {
  open();
  make_room();
  constexpr std::uint32_t kRows = 1000;
  std::vector<ports::CommitRow> rows;
  for (std::uint32_t cseq = 1; cseq <= kRows; ++cseq) rows.push_back(row(cseq, "x"));
  commit(rows);
  const auto loaded = std::get<ports::RoomLoaded>(run(ports::LoadRoom{kRoom}).result);
  ASSERT_EQ(loaded.tail.size(), kRows + 1);
  PrefixHash hash;
  for (const wire::Event& event : loaded.tail) hash = wire::fold(hash, event);
  const auto page = std::get<ports::PageRead>(
      run(ports::ReadPage{.room = kRoom, .from = Seq(kRows + 1), .limit = 1, .bytes_max = 1}).result);
  EXPECT_EQ(page.hash_before, hash);
}

TEST_F(StoreTest, MetricsCountWhatHappened) {
  open();
  make_room();
  commit({row(1, "a"), row(2, "b"), row(2, "b")});
  const std::string text = store_->metrics();
  EXPECT_THAT(text, HasSubstr("starling_store_rows_accepted_total 2\n"));
  EXPECT_THAT(text, HasSubstr("starling_store_rows_answered_total 3\n"));
  EXPECT_THAT(text, HasSubstr("starling_store_transactions_total 2\n"));
  EXPECT_THAT(text, HasSubstr("starling_store_healthy 1\n"));
  EXPECT_THAT(text, HasSubstr("starling_store_rows_per_transaction_bucket{le=\"4\"} 2\n"));
}

TEST_F(StoreTest, AnErasedTextIsNotInTheFileAnyMore) {
  open();
  make_room();
  const std::string secret = "the harbour master's combination";
  commit({row(1, secret)});
  auto deletion = row(2, "");
  deletion.kind = wire::EventKind::Delete;
  deletion.target = Seq(2);
  EXPECT_EQ(commit({deletion}).results.at(0).status, wire::SendStatus::Accepted);
  store_.reset();
  EXPECT_EQ(TempDatabase::bytes(database_.path()).find(secret), std::string::npos);
}

TEST_F(StoreTest, AFileThatIsNoDatabaseIsRefusedUntouched) {
  const std::string text(8192, 'x');
  TempDatabase::put_bytes(database_.path(), text);
  EXPECT_THAT(error_of(database_.path()), HasSubstr("is not a SQLite database"));
  EXPECT_EQ(TempDatabase::bytes(database_.path()), text);
}

TEST_F(StoreTest, ADatabaseOfAnotherProgramIsRefused) {
  TempDatabase::sql(database_.path(), "CREATE TABLE bookmarks (url TEXT)");
  EXPECT_THAT(error_of(database_.path()), HasSubstr("another program"));
  EXPECT_EQ(TempDatabase::number(database_.path(), "SELECT count(*) FROM sqlite_schema"), 1);
}

TEST_F(StoreTest, ADirectoryThatDoesNotExistIsNamed) {
  EXPECT_THAT(error_of(database_.file("nowhere/starling.db")), HasSubstr("check that its directory exists"));
}

TEST_F(StoreTest, ALockedDatabaseIsNamedWhenOpened) {
  open();
  store_.reset();
  Connection other({.path = database_.path()});
  other.exec("PRAGMA locking_mode = EXCLUSIVE");
  other.exec("BEGIN IMMEDIATE");
  const StartError error = open_error({.path = database_.path(), .busy_timeout_ms = 10});
  EXPECT_THAT(error.text, HasSubstr("locked by another process"));
  EXPECT_TRUE(error.passes);
}

TEST_F(StoreTest, AReaderThatOutlivedTheServerIsNotInTheWayOfTheNextOne) {
  open();
  make_room();
  Connection backup({.path = database_.path()});
  backup.exec("BEGIN");
  EXPECT_EQ(backup.number("SELECT count(*) FROM events"), 1);
  commit({row(1, "in the WAL, above the reader's snapshot")});
  store_.reset();
  open(10);
  EXPECT_EQ(commit({row(1, "in the WAL, above the reader's snapshot")}).results.at(0).status,
            wire::SendStatus::Duplicate);
  EXPECT_EQ(commit({row(2, "b")}).results.at(0).status, wire::SendStatus::Accepted);
  EXPECT_EQ(backup.number("SELECT count(*) FROM events"), 1) << "its snapshot is still whole";
}

TEST_F(StoreTest, LittleSpaceIsToldWhileCommitsGoOn) {
  constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
  Space space{.total = 100 * kGiB, .free = 4 * kGiB};
  open({.path = database_.path(), .space = [&space](const std::string&) { return space; }});
  make_room();
  EXPECT_TRUE(store_->healthy());
  EXPECT_EQ(store_->why(), "");
  space.free = 2 * kGiB;
  EXPECT_FALSE(store_->healthy());
  EXPECT_FALSE(store_->failed());
  EXPECT_THAT(store_->why(), HasSubstr("2048 MiB of 102400 MiB"));
  EXPECT_EQ(counted("starling_store_healthy"), 0u);
  EXPECT_EQ(counted("starling_store_free_bytes"), 2 * kGiB);
  EXPECT_EQ(commit({row(1, "a")}).results.at(0).status, wire::SendStatus::Accepted);
  EXPECT_FALSE(store_->healthy()) << "a commit makes no space";
  space.free = 3 * kGiB;
  EXPECT_TRUE(store_->healthy());
}

TEST_F(StoreTest, CommitsWaitForNoCheckpointWhileAReaderIsInItsWay) {
  open({.path = database_.path(), .checkpoint_frames = 50, .restart_frames = 100});
  make_room();
  std::uint32_t cseq = 0;
  {
    Connection backup({.path = database_.path()});
    backup.exec("BEGIN");
    backup.number("SELECT count(*) FROM events");
    while (counted("starling_store_wal_frames") < 600) commit({row(++cseq, std::string(2000, 'a'))});
    EXPECT_EQ(counted("starling_store_wal_restarts_total"), 0u);
    // One look for every stretch of the WAL, not for every commit.
    EXPECT_GT(counted("starling_store_checkpoints_total"), 0u);
    EXPECT_LE(counted("starling_store_checkpoints_total"), counted("starling_store_wal_frames") / 50);
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (counted("starling_store_wal_restarts_total") == 0 && std::chrono::steady_clock::now() < deadline) {
    commit({row(++cseq, std::string(2000, 'a'))});
  }
  EXPECT_GT(counted("starling_store_wal_restarts_total"), 0u);
}

TEST_F(StoreTest, TheDatabaseIsItsOwnersWhateverWasBefore) {
  using std::filesystem::perms;
  const auto mode = [](const std::string& path) { return std::filesystem::status(path).permissions(); };
  const auto old_mask = ::umask(0);
  open();
  make_room();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    EXPECT_EQ(mode(database_.path() + suffix), perms::owner_read | perms::owner_write) << suffix;
    std::filesystem::permissions(database_.path() + suffix, perms::group_read | perms::others_read,
                                 std::filesystem::perm_options::add);
  }
  open();
  ::umask(old_mask);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    EXPECT_EQ(mode(database_.path() + suffix), perms::owner_read | perms::owner_write) << suffix;
  }
}

TEST_F(StoreTest, AFileSystemWithoutSharedMemoryIsRefused) {
  EXPECT_THAT(open_error({.path = database_.path(), .vfs = "unix-none"}).text, HasSubstr("WAL"));
}

TEST_F(StoreTest, AnInterruptedRestoreKeepsTheServerFromStarting) {
  open();
  store_.reset();
  TempDatabase::put_bytes(database_.path() + ".restoring", "half");
  EXPECT_THAT(error_of(database_.path()), HasSubstr("starlingctl restore"));
  std::filesystem::remove(database_.path() + ".restoring");
  open();
}

TEST_F(StoreTest, ADamagedFileStopsTheStoreWithAClearReason) {
  open();
  make_room();
  std::vector<ports::CommitRow> rows;
  for (std::uint32_t cseq = 1; cseq <= 400; ++cseq) rows.push_back(row(cseq, std::string(500, 'x')));
  commit(rows);
  store_.reset();
  const auto size = TempDatabase::bytes(database_.path()).size();
  TempDatabase::scratch(database_.path(), std::size_t{4096} * 20, size);
  const auto opened = Store::open({.path = database_.path()}, [this](ShardId, ports::StoreCompletion&& completion) {
    done_.set_value(std::move(completion));
  });
  if (!opened) {
    EXPECT_THAT(opened.error().text, HasSubstr("damaged"));
    return;
  }
  done_ = {};
  auto future = done_.get_future();
  (*opened)->submit(ShardId(0), {.id = 1, .request = ports::LoadRoom{kRoom}});
  EXPECT_EQ(future.get().status, StoreStatus::Stopped);
  EXPECT_TRUE((*opened)->failed());
  EXPECT_THAT((*opened)->why(), HasSubstr("damaged"));
  EXPECT_THAT((*opened)->why(), HasSubstr("starlingctl restore"));
}

TEST_F(StoreTest, ADamagedFileWhoseLogGoesInCirclesIsNotReadForEver) {
  open();
  make_room();
  std::vector<ports::CommitRow> rows;
  for (std::uint32_t cseq = 1; cseq <= 200; ++cseq) rows.push_back(row(cseq, std::string(500, 'x')));
  commit(rows);
  store_.reset();
  const auto size = static_cast<std::size_t>(TempDatabase::number(database_.path(), "PRAGMA page_size"));
  const std::int64_t page =
      TempDatabase::number(database_.path(), "SELECT rootpage FROM sqlite_schema WHERE name = 'events'");
  std::string content = TempDatabase::bytes(database_.path());
  // The last child of the events' root becomes its first: https://www.sqlite.org/fileformat2.html#b_tree_pages
  const std::size_t root = static_cast<std::size_t>(page - 1) * size;
  ASSERT_EQ(content.at(root), 2) << "an interior page of an index";
  const auto byte = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(content.at(at))}; };
  const std::size_t first_cell = root + byte(root + 12) * 256 + byte(root + 13);
  content.replace(root + 8, 4, content.substr(first_cell, 4));
  TempDatabase::put_bytes(database_.path(), content);

  open();
  EXPECT_EQ(run(ports::LoadRoom{kRoom}).status, StoreStatus::Stopped);
  EXPECT_THAT(store_->why(), HasSubstr("damaged"));
}

}  // namespace
}  // namespace starling::store
