#include "loadsim/load/ledger_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace starling::load {
namespace {

using testing::HasSubstr;

class LedgerDumpTest : public testing::Test {
 protected:
  ~LedgerDumpTest() override { std::filesystem::remove(path_); }

  std::vector<check::LedgerRoom> read(const std::string& text) {
    std::ofstream(path_) << text;
    LedgerDump dump(path_);
    std::vector<check::LedgerRoom> rooms;
    check::LedgerRoom room;
    while (dump.next(room)) rooms.push_back(std::move(room));
    error_ = dump.error();
    return rooms;
  }

  std::string path_ = testing::TempDir() + "ledger-" + testing::UnitTest::GetInstance()->current_test_info()->name();
  std::string error_;
};

constexpr const char* kTwoRooms =
    "room\t7\t2\t2\t1\n"
    "event\t1\t1\t6\t0\t0\t0\t0\t0\t11\t4\t0\t99\n"
    "event\t2\t2\t1\t11\t12\t1\t18446744073709551615\t0\t0\t0\t1\t13\n"
    "device\t12\t3\n"
    "room\t8\t1\t0\t1\n"
    "end\t2\t2\n";

TEST_F(LedgerDumpTest, EveryFieldArrives) {
  const auto rooms = read(kTwoRooms);
  ASSERT_EQ("", error_);
  ASSERT_EQ(2u, rooms.size());
  EXPECT_EQ(RoomId(7), rooms[0].room);
  EXPECT_EQ(Epoch(2), rooms[0].epoch);
  EXPECT_EQ(Seq(2), rooms[0].head);
  ASSERT_EQ(2u, rooms[0].events.size());
  EXPECT_EQ(wire::EventKind::MemberAdd, rooms[0].events[0].kind);
  EXPECT_EQ(UserId(11), rooms[0].events[0].subject);
  EXPECT_EQ(wire::Role::Owner, rooms[0].events[0].role);
  EXPECT_EQ(ClientMsgId(UINT64_MAX), rooms[0].events[1].client_msg_id);
  EXPECT_EQ(Cseq(1), rooms[0].events[1].cseq);
  EXPECT_EQ(1u, rooms[0].events[1].msg_no);
  EXPECT_EQ(13u, rooms[0].events[1].body_hash);
  ASSERT_EQ(1u, rooms[0].devices.size());
  EXPECT_EQ(Cseq(3), rooms[0].devices[0].last_cseq);
  EXPECT_TRUE(rooms[1].events.empty());
}

TEST_F(LedgerDumpTest, ACutOffDumpIsNoticedWhereverItEnds) {
  const std::string whole = kTwoRooms;
  for (std::size_t line_end = whole.find('\n'); line_end + 1 < whole.size();
       line_end = whole.find('\n', line_end + 1)) {
    read(whole.substr(0, line_end + 1));
    EXPECT_THAT(error_, HasSubstr("cut off")) << "after " << line_end;
  }
}

TEST_F(LedgerDumpTest, AnEndThatDoesNotCountWhatCameIsNoEnd) {
  read("room\t7\t1\t0\t1\nend\t1\t5\n");
  EXPECT_THAT(error_, HasSubstr("missing"));
}

TEST_F(LedgerDumpTest, OtherTextIsReportedWithItsLine) {
  read("room\t7\t1\t1\t1\nevent\t1\tone\n");
  EXPECT_THAT(error_, HasSubstr("line 2"));
  read("hello\n");
  EXPECT_THAT(error_, HasSubstr("line 1"));
}

TEST(LedgerDump, AMissingFileIsAnError) {
  LedgerDump dump("/nonexistent/ledger");
  check::LedgerRoom room;
  EXPECT_FALSE(dump.next(room));
  EXPECT_NE("", dump.error());
}

}  // namespace
}  // namespace starling::load
