// The store's own ways, beyond the contract that it shares with the model.
#include "server/store/store.h"

#include <gmock/gmock.h>

#include <future>
#include <memory>

#include "server/store/limits.h"
#include "tests/unit/store/temp_database.h"

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
    store_.reset();
    auto opened = Store::open({.path = database_.path(), .busy_timeout_ms = busy_timeout_ms},
                              [this](ShardId shard, ports::StoreCompletion&& completion) {
                                shard_ = shard;
                                done_.set_value(std::move(completion));
                              });
    ASSERT_TRUE(opened.has_value()) << opened.error();
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
  static std::string error_of(const std::string& path) {
    const auto opened = Store::open({.path = path, .busy_timeout_ms = 10}, [](ShardId, ports::StoreCompletion&&) {});
    return opened ? "it opened" : opened.error();
  }

  TempDatabase database_;
  std::promise<ports::StoreCompletion> done_;
  ShardId shard_;
  std::uint64_t id_ = 0;
  std::unique_ptr<Store> store_;
};

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
  const std::string monster(static_cast<std::size_t>(limits::kValueBytesMax) + 1, 'm');
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
                            .title = std::string(static_cast<std::size_t>(limits::kValueBytesMax) + 1, 't'),
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
  EXPECT_THAT(error_of(database_.path()), HasSubstr("locked by another process"));
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
    EXPECT_THAT(opened.error(), HasSubstr("damaged"));
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

}  // namespace
}  // namespace starling::store
