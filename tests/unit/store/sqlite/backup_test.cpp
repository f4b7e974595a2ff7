#include "server/store/sqlite/backup.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>

#include <atomic>
#include <memory>

#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/migrations.h"
#include "server/store/sqlite/seed.h"
#include "server/store/sqlite/store.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::store {
namespace {

using testing::HasSubstr;

class Backup : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(seed(database_.path(), {.users = 50, .rooms = 40, .members_per_room = 20}).has_value());
  }
  std::string to() const { return database_.file("backup.db"); }

  TempDatabase database_;
};

TEST_F(Backup, ACopyUnderWriteLoadIsConsistent) {
  // Every answer sends the next message of its room, so that commits never pause.
  Store* running = nullptr;  // also while it stops: an answer may be under way
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> sent = 0;
  const auto send = [&](RoomId room, std::uint32_t cseq) {
    ports::CommitRow row{.user = UserId(1),
                         .device = DeviceId(room.value),
                         .cseq = Cseq(cseq),
                         .client_msg_id = ClientMsgId(room.value << 32 | cseq)};
    row.body = std::string(300, 'x');
    row.body_hash = wire::body_hash(row.body);
    running->submit(
        ShardId(0),
        {.id = cseq, .request = ports::CommitBatch{.room = room, .epoch = Epoch(1), .now = {}, .rows = {row}}});
  };
  auto opened = Store::open({.path = database_.path()}, [&](ShardId, ports::StoreCompletion&& completion) {
    const auto& batch = std::get<ports::Committed>(completion.result).batch;
    ++sent;
    if (!stop) send(batch.room, batch.rows.at(0).cseq.value + 1);
  });
  ASSERT_TRUE(opened.has_value());
  std::unique_ptr<Store> store = std::move(*opened);
  running = store.get();
  for (std::uint64_t room = 1; room <= 40; ++room) send(RoomId(room), 1);
  while (sent < 200) {
  }
  const auto report = backup(database_.path(), to());
  const auto sent_then = sent.load();
  stop = true;
  store.reset();
  ASSERT_TRUE(report.has_value()) << report.error();
  EXPECT_EQ(report->rooms, 40u);
  EXPECT_LT(report->events, 800u + sent_then) << "the load went on meanwhile";
  EXPECT_TRUE(verify(to()).has_value());
  EXPECT_FALSE(std::filesystem::exists(to() + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(to() + ".part"));
}

TEST_F(Backup, ADamagedBackupIsRefusedAndNothingReplaced) {
  ASSERT_TRUE(backup(database_.path(), to()).has_value());
  const std::size_t pages = TempDatabase::bytes(to()).size() / 4096;
  TempDatabase::scratch(to(), pages / 2 * 4096, 4096 * 4);
  const std::string before = TempDatabase::bytes(database_.path());
  const auto refused = restore(to(), database_.path());
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), HasSubstr("damaged"));
  EXPECT_THAT(refused.error(), HasSubstr(to())) << "not the database that is there";
  EXPECT_EQ(TempDatabase::bytes(database_.path()), before);
}

TEST_F(Backup, NoiseIsNoBackupAndTheDatabaseIsNotBlamed) {
  TempDatabase::put_bytes(to(), std::string(20'000, 'x'));
  const auto refused = restore(to(), database_.path());
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), HasSubstr(to()));
  EXPECT_THAT(refused.error(), HasSubstr("use another"));
}

TEST_F(Backup, ALogWithAHoleIsFoundThoughItsPagesAreSound) {
  ASSERT_TRUE(backup(database_.path(), to()).has_value());
  TempDatabase::sql(to(), "DELETE FROM events WHERE room_id = 7 AND seq = 3");
  EXPECT_THAT(verify(to()).error(), HasSubstr("room 7: its log has no seq 3"));
}

TEST_F(Backup, AWrongCheckpointIsFound) {
  ASSERT_TRUE(backup(database_.path(), to()).has_value());
  TempDatabase::sql(to(), "INSERT INTO checkpoints VALUES (7, 10, 12345)");
  EXPECT_THAT(verify(to()).error(), HasSubstr("checkpoint at seq 10"));
}

TEST_F(Backup, AHeadThatIsNotTheLogsIsFound) {
  ASSERT_TRUE(backup(database_.path(), to()).has_value());
  TempDatabase::sql(to(), "UPDATE rooms SET head = 21 WHERE room_id = 7");
  EXPECT_THAT(verify(to()).error(), HasSubstr("its head is 21"));
}

TEST_F(Backup, ARestoreRaisesEveryEpochAboveBothFiles) {
  ASSERT_TRUE(backup(database_.path(), to()).has_value());
  TempDatabase::sql(to(), "UPDATE rooms SET epoch = 4 WHERE room_id = 1");
  TempDatabase::sql(
      database_.path(),
      "UPDATE rooms SET epoch = 9 WHERE room_id = 2; UPDATE users SET rooms_version = 500 WHERE user_id = 3");
  const auto report = restore(to(), database_.path());
  ASSERT_TRUE(report.has_value()) << report.error();
  EXPECT_EQ(report->rooms, 40u);
  const auto epoch = [&](const char* where) {
    return TempDatabase::number(database_.path(),
                                (std::string("SELECT epoch FROM rooms WHERE room_id = ") + where).c_str());
  };
  EXPECT_EQ(epoch("1"), 5);
  EXPECT_EQ(epoch("2"), 10);
  EXPECT_EQ(epoch("3"), 2);
  EXPECT_EQ(TempDatabase::number(database_.path(), "SELECT rooms_version FROM users WHERE user_id = 3"), 501);
  EXPECT_EQ(report->kept, database_.path() + ".before-restore");
  EXPECT_EQ(TempDatabase::number(report->kept, "SELECT epoch FROM rooms WHERE room_id = 2"), 9);
  EXPECT_TRUE(verify(database_.path()).has_value());
  EXPECT_TRUE(Store::open({.path = database_.path()}, [](ShardId, ports::StoreCompletion&&) {}).has_value());
}

TEST_F(Backup, AnUnreadableDatabaseIsReplacedAndItsEpochsLeftFarBehind) {
  ASSERT_TRUE(backup(database_.path(), to()).has_value());
  TempDatabase::put_bytes(database_.path(), std::string(9000, 'z'));
  TempDatabase::put_bytes(database_.path() + "-wal", "torn");
  const auto report = restore(to(), database_.path());
  ASSERT_TRUE(report.has_value()) << report.error();
  EXPECT_GT(TempDatabase::number(database_.path(), "SELECT min(epoch) FROM rooms"), 100);
  EXPECT_EQ(TempDatabase::bytes(report->kept), std::string(9000, 'z'));
}

TEST_F(Backup, NoWalOfAnUnreadableDatabaseStaysBesideTheNewOne) {
  ASSERT_TRUE(backup(database_.path(), to()).has_value());
  TempDatabase::put_bytes(database_.path(), std::string(9000, 'z'));
  TempDatabase::put_bytes(database_.path() + "-wal", "torn");
  const auto report = restore(to(), database_.path());
  ASSERT_TRUE(report.has_value()) << report.error();
  EXPECT_FALSE(std::filesystem::exists(database_.path() + "-wal"));
  EXPECT_TRUE(verify(database_.path()).has_value());
}

TEST_F(Backup, ARestoreReplacesNothingWhileTheOldWalCannotBeMoved) {
  ASSERT_TRUE(backup(database_.path(), to()).has_value());
  // As a killed server leaves it, with somebody reading: the newest row is in the WAL alone.
  Connection reader({.path = database_.path()});
  reader.exec("PRAGMA journal_mode = WAL");
  reader.exec("BEGIN");
  reader.number("SELECT count(*) FROM rooms");
  TempDatabase::sql(database_.path(), "UPDATE rooms SET epoch = 9 WHERE room_id = 2");
  const auto refused = restore(to(), database_.path());
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), HasSubstr("nothing is replaced"));
  EXPECT_FALSE(std::filesystem::exists(draft_of(database_.path())));
  reader.exec("COMMIT");
  EXPECT_EQ(TempDatabase::number(database_.path(), "SELECT epoch FROM rooms WHERE room_id = 2"), 9);
  EXPECT_TRUE(restore(to(), database_.path()).has_value());
}

TEST_F(Backup, ARestoreKeepsEveryDatabaseItReplaces) {
  ASSERT_TRUE(backup(database_.path(), to()).has_value());
  const auto first = restore(to(), database_.path());
  const auto second = restore(to(), database_.path());
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_NE(first->kept, second->kept);
  EXPECT_TRUE(std::filesystem::exists(first->kept));
}

TEST_F(Backup, ARestoreIntoAnEmptyDirectoryMakesTheDatabase) {
  ASSERT_TRUE(backup(database_.path(), to()).has_value());
  const auto report = restore(to(), database_.file("new.db"));
  ASSERT_TRUE(report.has_value()) << report.error();
  EXPECT_EQ(report->kept, "");
  EXPECT_EQ(TempDatabase::number(database_.file("new.db"), "SELECT count(*) FROM rooms WHERE epoch = 2"), 40);
}

TEST_F(Backup, ABackupFromBeforeAnUpgradeIsBroughtUpToDate) {
  const Migration& first = migrations().front();
  TempDatabase::sql(to(), first.sql);
  TempDatabase::sql(to(), "PRAGMA user_version = 1; PRAGMA application_id = 1398035020");
  ASSERT_LT(1, newest_schema());
  const auto report = restore(to(), database_.path());
  ASSERT_TRUE(report.has_value()) << report.error();
  EXPECT_EQ(TempDatabase::number(database_.path(), "PRAGMA user_version"), newest_schema());
  EXPECT_EQ(TempDatabase::number(to(), "PRAGMA user_version"), 1) << "the backup itself is not written to";
}

TEST_F(Backup, AFileWithoutATableIsNoBackup) {
  TempDatabase::sql(to(), "PRAGMA user_version = 0");
  const auto refused = restore(to(), database_.path());
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), HasSubstr("is no backup"));
}

TEST_F(Backup, ARestoreUnderARunningServerIsRefused) {
  ASSERT_TRUE(backup(database_.path(), to()).has_value());
  const int lock = ::open(database_.file("starlingd.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);
  const auto refused = restore(to(), database_.path());
  ::close(lock);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), HasSubstr("in use by another starlingd"));
}

}  // namespace
}  // namespace starling::store
