#include "loadsim/check/device_watch.h"

#include <gtest/gtest.h>

namespace starling::check {
namespace {

constexpr RoomId kRoom{5};
constexpr UserId kBob{2};

/// What others have read, as a device is told of it that shows a room now and then.
struct DeviceWatchReceiptsTest : testing::Test {
  Violations violations;
  EventNames names;
  DeviceWatch watch{{.user = UserId(1), .device = DeviceId(16)}, names, violations, 3};

  void show(bool receipts) {
    client::Output out;
    out.frames.emplace_back(wire::Watch{.room = kRoom, .receipts = receipts});
    watch.on_output(out);
  }
  void told(std::uint64_t read) {
    const wire::Receipts receipts{.room = kRoom,
                                  .members = {{.user = kBob, .delivered = Seq(read), .read = Seq(read)}}};
    client::Output out;
    out.notices.emplace_back(client::ReceiptsSeen{.receipts = &receipts});
    watch.on_output(out);
  }
};

TEST_F(DeviceWatchReceiptsTest, AMarkThatGoesBackIsAViolation) {
  show(true);
  told(6);
  told(7);
  EXPECT_TRUE(violations.empty());
  told(6);
  EXPECT_EQ(violations.kept().front().guarantee, Guarantee::G20_ReadMarkers);
}

TEST_F(DeviceWatchReceiptsTest, OfAnEarlierLookMayComeWhenTheRoomIsShownNoMore) {
  show(true);
  show(false);
  told(6);
  show(true);
  told(0);  // the home that knew it has died meanwhile
  told(4);
  EXPECT_TRUE(violations.empty());
}

TEST_F(DeviceWatchReceiptsTest, OfAnEarlierLookMayComeInTheNext) {
  show(true);
  show(false);
  show(true);
  told(6);
  told(0);
  EXPECT_TRUE(violations.empty());
}

TEST_F(DeviceWatchReceiptsTest, FromOneLookToTheNextMarksGoBackOnce) {
  show(true);
  told(6);
  show(false);
  show(true);
  told(5);
  EXPECT_TRUE(violations.empty());
  told(4);
  EXPECT_FALSE(violations.empty());
}

TEST_F(DeviceWatchReceiptsTest, ANewConnectionBeginsWithoutEarlierLooks) {
  const wire::Welcome welcome{.user = UserId(1), .device = DeviceId(16)};
  show(true);
  show(false);
  client::Output out;
  out.notices.emplace_back(client::Welcomed{.welcome = &welcome});
  watch.on_output(out);
  show(true);
  told(6);
  EXPECT_TRUE(violations.empty());
  told(0);
  EXPECT_FALSE(violations.empty());
}

TEST_F(DeviceWatchReceiptsTest, OneNodeForgetsNothing) {
  DeviceWatch of_one{{.user = UserId(1), .device = DeviceId(16)}, names, violations};
  watch = std::move(of_one);
  show(true);
  told(6);
  show(false);
  show(true);
  told(0);
  EXPECT_FALSE(violations.empty());
}

}  // namespace
}  // namespace starling::check
