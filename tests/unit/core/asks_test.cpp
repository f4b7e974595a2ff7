// What a client may ask for beside its sends: metered, capped, and never the end of an honest session.
#include "server/core/meter.h"
#include "tests/unit/core/rig.h"

namespace starling::core::testing {
namespace {

std::vector<RoomId> answered(const Heard& heard, wire::SyncStatus status) {
  std::vector<RoomId> rooms;
  for (const wire::Synced& frame : heard.all<wire::Synced>()) {
    for (const wire::SyncedRoom& room : frame.rooms) {
      if (room.status == status) rooms.push_back(room.room);
    }
  }
  return rooms;
}

TEST(MeterTest, GivesItsBurstAndThenWhatComesBack) {
  const Config config;
  Meter meter;
  Instant now(1h);
  EXPECT_EQ(meter.take(config, config.asks_burst, now), 0u);
  const std::uint32_t wait_ms = meter.take(config, 1, now);
  ASSERT_NE(wait_ms, 0u);
  now += std::chrono::milliseconds(wait_ms);
  EXPECT_EQ(meter.take(config, config.asks_burst / 8, now), 0u);
  EXPECT_NE(meter.take(config, 2, now), 0u);
  now += 300 * 24h;
  EXPECT_EQ(meter.take(config, config.asks_burst, now), 0u);
  EXPECT_NE(meter.take(config, 1, now), 0u);
}

TEST(AsksTest, SyncsBeyondTheBurstAreToldWhenToComeBackAndCostTheStoreNothing) {
  Rig rig;
  const Config config;
  const End end = rig.connect(kAlice, DeviceId(10));
  std::uint64_t next = 1;
  const auto ask = [&](std::size_t rooms) {
    wire::Sync sync;
    for (std::size_t i = 0; i < rooms; ++i) sync.rooms.push_back({.room = RoomId(next++)});
    rig.say(end, std::move(sync));
  };
  for (std::uint32_t i = 0; i < config.asks_burst / 512; ++i) ask(512);
  EXPECT_TRUE(answered(rig.heard(end), wire::SyncStatus::Unavailable).empty());
  ask(512);
  EXPECT_EQ(answered(rig.heard(end), wire::SyncStatus::Unavailable).size(), 512u);
  EXPECT_EQ(rig.submitted<ports::LoadRoom>(), config.asks_burst);
  const std::uint32_t wait_ms = rig.heard(end).synced(RoomId(next - 1)).retry_after_ms;
  rig.forget_heard();
  rig.pass(std::chrono::milliseconds(wait_ms));
  ask(512);
  EXPECT_TRUE(answered(rig.heard(end), wire::SyncStatus::Unavailable).empty());
  EXPECT_FALSE(rig.heard(end).closed);
}

TEST(AsksTest, ASessionIsInSoManyRoomsAtMost) {
  Config config;
  config.rooms_per_session_max = 4;
  Rig rig(1, config);
  wire::Sync sync;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    rig.store.add_room(RoomId(i), {kAlice});
    sync.rooms.push_back({.room = RoomId(i), .mode = wire::SyncMode::Heads});
  }
  const End end = rig.connect(kAlice, DeviceId(10), 5);
  rig.say(end, sync);
  EXPECT_EQ(answered(rig.heard(end), wire::SyncStatus::Heads).size(), 4u);
  EXPECT_EQ(answered(rig.heard(end), wire::SyncStatus::Unavailable), std::vector{RoomId(5)});
  rig.say(end, wire::HistoryRequest{.request_id = 1, .room = RoomId(5)});
  EXPECT_EQ(rig.heard(end).all<wire::HistoryPage>().at(0).status, wire::SyncStatus::Unavailable);
}

TEST(AsksTest, OfARoomThatASyncNamesTwiceTheLastWordCounts) {
  Rig rig;
  rig.store.add_room(kRoom, {kAlice}, 5);
  const End end = rig.connect(kAlice, DeviceId(10), 1);
  rig.say(end, wire::Sync{.rooms = {{.room = kRoom, .mode = wire::SyncMode::Full},
                                    {.room = RoomId(1), .mode = wire::SyncMode::Full},
                                    {.room = kRoom, .mode = wire::SyncMode::Heads}}});
  EXPECT_EQ(answered(rig.heard(end), wire::SyncStatus::Heads), std::vector{kRoom});
  EXPECT_TRUE(answered(rig.heard(end), wire::SyncStatus::Reset).empty());
  EXPECT_TRUE(rig.heard(end).seqs().empty());
}

TEST(AsksTest, PagesOfHistoryDoNotCloseTheSessionThatAskedForThem) {
  Rig rig;
  FakeRoom& room = rig.store.add_room(kRoom, {kAlice}, 100);
  for (wire::Event& event : room.events) event.body = std::string(16 * 1024, 'x');
  const End end = rig.connect(kAlice, DeviceId(10), 1);
  rig.sync(end, rig.at_head());
  rig.stop_reading(end);
  rig.hold_store();
  for (std::uint32_t i = 0; i < 8; ++i) {
    rig.say(end, wire::HistoryRequest{.request_id = i, .room = kRoom, .from = Seq(50), .limit = 3});
  }
  rig.let_store_run();
  EXPECT_FALSE(rig.heard(end).closed);
  std::size_t refused = 0;
  for (const wire::HistoryPage& page : rig.heard(end).all<wire::HistoryPage>()) {
    if (page.status != wire::SyncStatus::Unavailable) continue;
    ++refused;
    EXPECT_GT(page.retry_after_ms, 0u);
  }
  EXPECT_GE(refused, 5u);
  rig.drain(end);
  rig.forget_heard();
  rig.say(end, wire::HistoryRequest{.request_id = 9, .room = kRoom, .from = Seq(50), .limit = 3});
  EXPECT_EQ(rig.heard(end).all<wire::HistoryPage>().at(0).events.size(), 3u);
}

TEST(AsksTest, HistoryOfRoomsThatAreNotKnownYetIsCappedToo) {
  Rig rig;
  const End end = rig.connect(kAlice, DeviceId(10));
  rig.hold_store();
  for (std::uint32_t i = 1; i <= 20; ++i) rig.say(end, wire::HistoryRequest{.request_id = i, .room = RoomId(i)});
  EXPECT_EQ(rig.held_of<ports::LoadRoom>(), Config().histories_per_session_max);
  rig.let_store_run();
  rig.say(end, wire::HistoryRequest{.request_id = 99, .room = RoomId(99)});
  EXPECT_EQ(rig.heard(end).all<wire::HistoryPage>().back().status, wire::SyncStatus::NotMember);
}

TEST(AsksTest, AFloodOfReadMarksCrossesAsAFewAndEndsAtTheHighest) {
  Rig rig(2);
  rig.store.add_room(kRoom, {kAlice}, 4000);
  const std::uint32_t away = 1 - rig.home(kAlice);
  const End phone = rig.connect(kAlice, DeviceId(10), 1, away);
  const End desk = rig.connect(kAlice, DeviceId(11), 1, 1 - away);
  rig.sync(phone, rig.at_head());
  std::size_t crossed = 0;
  rig.lose = [&](ShardId, ShardId, const ports::Payload& p) {
    crossed += std::holds_alternative<ports::MarkRead>(p) ? 1 : 0;
    return false;
  };
  const Config config;
  for (std::uint64_t i = 1; i <= 4000; ++i) {
    rig.say(phone, wire::ReadMark{.room = kRoom, .seq = Seq(i), .msg_no = i});
  }
  EXPECT_LE(crossed, config.asks_burst / config.read_mark_cost);
  rig.pass(3s);
  EXPECT_EQ(rig.heard(desk).all<wire::ReadMarked>().back().seq, Seq(4000));
  EXPECT_LE(crossed, config.asks_burst / config.read_mark_cost + 1);
  EXPECT_EQ(rig.shard(away).pending(), "");
}

}  // namespace
}  // namespace starling::core::testing
