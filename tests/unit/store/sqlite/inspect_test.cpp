#include "server/store/sqlite/inspect.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <memory>

#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/room_commit.h"
#include "server/store/sqlite/seed.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::store {
namespace {

using testing::HasSubstr;

class Inspect : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(seed(database_.path(), {.users = 3, .rooms = 2}).has_value());
    Connection connection({.path = database_.path()});
    RoomCommit commits(connection);
    ports::CommitRow row{.user = UserId(1),
                         .device = DeviceId(18446744073709551615u),
                         .cseq = Cseq(1),
                         .client_msg_id = ClientMsgId(77)};
    row.body = "hello";
    row.body_hash = wire::body_hash(row.body);
    const auto done = commits.run({.room = RoomId(2), .epoch = Epoch(1), .now = wall_from_ms(9), .rows = {row}});
    ASSERT_EQ(done.results.at(0).status, wire::SendStatus::Accepted);
  }

  std::string dump(const std::vector<RoomId>& rooms) {
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* out = ::open_memstream(&text, &size);
    const auto result = dump_ledger(database_.path(), rooms, out);
    EXPECT_TRUE(result.has_value()) << result.error();
    std::fclose(out);
    std::string copy(text, size);
    std::free(text);
    return copy;
  }

  TempDatabase database_;
};

TEST_F(Inspect, ARoomIsShownWithItsMembers) {
  const auto view = room_show(database_.path(), RoomId(2));
  ASSERT_TRUE(view.has_value()) << view.error();
  EXPECT_TRUE(view->exists);
  EXPECT_EQ(view->title, "room 2");
  EXPECT_EQ(view->head, Seq(4));
  EXPECT_EQ(view->msg_no, 1u);
  EXPECT_EQ(view->devices, 1u);
  EXPECT_EQ(view->members.size(), 3u);
  EXPECT_FALSE(room_show(database_.path(), RoomId(404))->exists);
}

TEST_F(Inspect, TotalsAddUp) {
  const auto sums = totals(database_.path());
  ASSERT_TRUE(sums.has_value()) << sums.error();
  EXPECT_EQ(sums->users, 3u);
  EXPECT_EQ(sums->rooms, 2u);
  EXPECT_EQ(sums->events, 7u);
  EXPECT_EQ(sums->epoch_max, Epoch(1));
  EXPECT_EQ(sums->schema, newest_schema());
  EXPECT_GT(sums->bytes, 4096u);
}

TEST_F(Inspect, TheLedgerIsOneLineAnEventAndEndsWithItsCounts) {
  const std::string text = dump({});
  EXPECT_THAT(text, testing::StartsWith("room\t1\t1\t3\t1\nevent\t1\t1\t6\t"));
  const std::string hash = std::to_string(wire::body_hash("hello"));
  EXPECT_THAT(text, HasSubstr("event\t4\t1\t1\t1\t18446744073709551615\t1\t77\t0\t0\t0\t1\t" + hash + "\n"));
  EXPECT_THAT(text, testing::EndsWith("device\t18446744073709551615\t1\nend\t2\t7\n"));
}

TEST_F(Inspect, OnlyTheRoomsAskedForAreDumped) {
  const std::string text = dump({RoomId(404), RoomId(1), RoomId(1)});
  EXPECT_THAT(text, testing::StartsWith("room\t1\t"));
  EXPECT_THAT(text, testing::EndsWith("end\t1\t3\n"));
}

TEST_F(Inspect, AFullOutputIsAnError) {
  std::FILE* out = std::fopen("/dev/full", "w");
  ASSERT_NE(out, nullptr);
  EXPECT_FALSE(dump_ledger(database_.path(), {}, out).has_value());
  std::fclose(out);
}

TEST_F(Inspect, AFileThatIsAbsentOrSomebodyElsesIsNamed) {
  EXPECT_THAT(totals(database_.file("absent")).error(), HasSubstr("starlingctl migrate"));
  TempDatabase::sql(database_.file("other"), "CREATE TABLE a (b)");
  EXPECT_THAT(totals(database_.file("other")).error(), HasSubstr("another program"));
}

}  // namespace
}  // namespace starling::store
