#include "server/store/sqlite/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/store/sqlite/backup.h"
#include "server/store/sqlite/log_reader.h"
#include "server/store/sqlite/seed.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::store {
namespace {

using testing::HasSubstr;

/// Room 1 with 600 events, the n-th of them at n ms; room 2 likewise with 5.
class Retention : public testing::Test {
 protected:
  Retention() {
    EXPECT_TRUE(seed(path(), {.users = 600, .rooms = 1, .members_per_room = 600}).has_value());
    EXPECT_TRUE(seed(path(), {.users = 5, .rooms = 2, .members_per_room = 5}).has_value());
    TempDatabase::sql(path(), "UPDATE events SET ts = seq; UPDATE rooms SET last_ts = head");
  }
  std::string path() const { return database_.path(); }
  std::int64_t number(const char* sql) const { return TempDatabase::number(path(), sql); }
  RetentionReport cut(std::int64_t before_ms, bool dry_run = false) {
    const auto report = cut_logs(path(), {.older_than = wall_from_ms(before_ms), .dry_run = dry_run});
    EXPECT_TRUE(report.has_value()) << (report ? "" : report.error());
    return report.value_or(RetentionReport{});
  }
  PrefixHash fold(std::uint64_t room) const {
    Connection connection({.path = path(), .busy_timeout_ms = 1000});
    LogReader log(connection);
    Snapshot snapshot(connection);
    return log.fold_to(RoomId(room), log.room(RoomId(room)).head, snapshot);
  }

 private:
  TempDatabase database_;
};

TEST_F(Retention, CutsWhatIsOlderAndNothingElse) {
  const PrefixHash before = fold(1);
  const RetentionReport report = cut(400);
  EXPECT_EQ(2u, report.rooms);
  EXPECT_EQ(2u, report.rooms_cut);
  EXPECT_EQ(399u + 4u, report.events);
  EXPECT_EQ(400, number("SELECT min_seq FROM rooms WHERE room_id = 1"));
  EXPECT_EQ(400, number("SELECT min(seq) FROM events WHERE room_id = 1"));
  EXPECT_EQ(201, number("SELECT count(*) FROM events WHERE room_id = 1"));
  EXPECT_EQ(before, fold(1)) << "the prefix hash goes on from the checkpoint at the cut";
  EXPECT_TRUE(verify(path()).has_value()) << "dense from min_seq to the head, the folds joined";
}

TEST_F(Retention, TheNewestEventStaysHoweverOldItIs) {
  const PrefixHash before = fold(2);
  cut(1'000'000);
  EXPECT_EQ(5, number("SELECT min_seq FROM rooms WHERE room_id = 2"));
  EXPECT_EQ(2, number("SELECT count(*) FROM events"));
  EXPECT_EQ(5, number("SELECT head FROM rooms WHERE room_id = 2")) << "numbers are never used again";
  EXPECT_EQ(5, number("SELECT count(*) FROM members WHERE room_id = 2"));
  EXPECT_EQ(before, fold(2));
  EXPECT_TRUE(verify(path()).has_value());
}

TEST_F(Retention, AClockThatWasWrongCutsNothingYounger) {
  TempDatabase::sql(path(), "UPDATE events SET ts = 0 WHERE room_id = 1 AND seq BETWEEN 450 AND 550");
  cut(400);
  EXPECT_EQ(400, number("SELECT min_seq FROM rooms WHERE room_id = 1"));
}

TEST_F(Retention, ADryRunOnlyCounts) {
  EXPECT_EQ(399u + 4u, cut(400, true).events);
  EXPECT_EQ(605, number("SELECT count(*) FROM events"));
  EXPECT_EQ(2, number("SELECT sum(min_seq) FROM rooms"));
}

TEST_F(Retention, RepeatingItCutsNothingMore) {
  cut(400);
  EXPECT_EQ(0u, cut(400).events);
  EXPECT_EQ(1u, cut(401).events);
  EXPECT_TRUE(verify(path()).has_value());
}

TEST_F(Retention, OnlyTheRoomsThatWereNamed) {
  ASSERT_TRUE(cut_logs(path(), {.older_than = wall_from_ms(400), .rooms = {RoomId(2)}}).has_value());
  EXPECT_EQ(1, number("SELECT min_seq FROM rooms WHERE room_id = 1"));
  const auto unknown = cut_logs(path(), {.older_than = wall_from_ms(400), .rooms = {RoomId(9)}});
  ASSERT_FALSE(unknown.has_value());
  EXPECT_THAT(unknown.error(), HasSubstr("no room 9: starlingctl room list"));
}

TEST_F(Retention, PinsOfWhatIsCutGoWithIt) {
  TempDatabase::sql(path(), "INSERT INTO pins VALUES (1, 399, 500), (1, 400, 501)");
  cut(400);
  EXPECT_EQ(400, number("SELECT min(seq) FROM pins"));
}

TEST_F(Retention, ALogWithAHoleIsLeftAsItIs) {
  TempDatabase::sql(path(), "DELETE FROM events WHERE room_id = 1 AND seq BETWEEN 290 AND 310");
  const auto report = cut_logs(path(), {.older_than = wall_from_ms(400), .rooms = {RoomId(1)}});
  ASSERT_FALSE(report.has_value());
  EXPECT_THAT(report.error(), HasSubstr("room 1: its log has no seq"));
  EXPECT_EQ(1, number("SELECT min_seq FROM rooms WHERE room_id = 1"));
}

}  // namespace
}  // namespace starling::store
