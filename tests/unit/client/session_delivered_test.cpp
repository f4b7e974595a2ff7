#include "tests/unit/client/scripted_server.h"

namespace starling::client {
namespace {

using namespace testing;

std::vector<wire::RoomSeq> delivered(const Seen& seen) {
  std::vector<wire::RoomSeq> rooms;
  for (const auto& frame : seen.all<wire::Delivered>()) {
    rooms.insert(rooms.end(), frame.rooms.begin(), frame.rooms.end());
  }
  return rooms;
}

TEST(Delivered, IsSentAtEverySixtyFourthEventOfARoom) {
  ScriptedServer server;
  server.bring_online();
  server.deliver(kRoom, 1, limits::kDeliveredEvery - 1);
  EXPECT_TRUE(delivered(server.take()).empty());
  server.deliver(kRoom, limits::kDeliveredEvery, limits::kDeliveredEvery);
  EXPECT_EQ(delivered(server.take()), (std::vector<wire::RoomSeq>{{kRoom, Seq(64)}}));
}

TEST(Delivered, IsSentForAllRoomsFiveSecondsAfterTheFirstUnreportedEvent) {
  ScriptedServer server;
  server.bring_online({kRoom, kOther});
  server.deliver(kRoom, 1, 2);
  server.pass(1s);
  server.deliver(kOther, 1, 1);
  server.pass(limits::kDeliveredDelay - 1s - 1ns);
  EXPECT_TRUE(delivered(server.take()).empty());
  server.pass(1ns);
  EXPECT_EQ(delivered(server.take()), (std::vector<wire::RoomSeq>{{kRoom, Seq(2)}, {kOther, Seq(1)}}));
  server.pass(1h);
  EXPECT_TRUE(delivered(server.take()).empty()) << "once";
}

TEST(Delivered, IsNeverAheadOfTheStorage) {
  ScriptedServer server;
  server.bring_online();
  server.hold_persists();
  server.deliver(kRoom, 1, 64);
  server.pass(1min);
  EXPECT_TRUE(delivered(server.take()).empty());
  server.persist_all();
  EXPECT_EQ(delivered(server.take()), (std::vector<wire::RoomSeq>{{kRoom, Seq(64)}}));
}

TEST(Delivered, OfAResetRoomIsForgotten) {
  ScriptedServer server;
  server.bring_online();
  server.hold_persists();
  server.deliver(kRoom, 1, 64);
  server.answer({.room = kRoom,
                 .status = wire::SyncStatus::Reset,
                 .reason = wire::ResetReason::Epoch,
                 .epoch = Epoch(2),
                 .head = Seq(3),
                 .start = cursor_at(kRoom, 3, 2),
                 .next_cseq = Cseq(1)});
  server.take();
  server.persist_all();
  server.pass(1min);
  EXPECT_TRUE(delivered(server.take()).empty());
}

TEST(Delivered, AfterALostConnectionTheCursorSaysIt) {
  ScriptedServer server;
  server.bring_online();
  server.deliver(kRoom, 1, 10);
  server.disconnect();
  server.pass(2s);
  server.connect();
  server.welcome();
  const Seen seen = server.take();
  EXPECT_EQ(seen.all<wire::Sync>()[0].rooms[0].cursor, cursor_at(kRoom, 10));
  server.answer_live(seen);
  server.pass(1min);
  EXPECT_TRUE(delivered(server.take()).empty());
}

TEST(Delivered, WithoutStorageEverythingCountsAsStored) {
  ScriptedServer server(Settings{.durable = false});
  server.bring_online();
  server.deliver(kRoom, 1, 64);
  const Seen seen = server.take();
  EXPECT_EQ(delivered(seen).size(), 1u);
  EXPECT_TRUE(seen.persists.empty());
}

TEST(Delivered, OfARoomThatWasLeftLetsThePushesComeToTheirEnd) {
  ScriptedServer server;
  server.bring_online();
  server.receive(wire::RoomChanged{.rooms_version = 2, .info = {.room = kRoom}});
  server.take();
  server.deliver(kRoom, 1, 130);
  const Seen seen = server.take();
  EXPECT_EQ(delivered(seen), (std::vector<wire::RoomSeq>{{kRoom, Seq(64)}, {kRoom, Seq(128)}}));
  EXPECT_TRUE(seen.applied.empty());
}

TEST(Delivered, AlsoReportsWhatIsPushedAgain) {
  ScriptedServer server;
  server.bring_online();
  server.deliver(kRoom, 1, 100);
  server.take();
  server.deliver(kRoom, 1, 64);  // a repeated Sync was answered from an older cursor
  EXPECT_EQ(delivered(server.take()), (std::vector<wire::RoomSeq>{{kRoom, Seq(100)}}));
}

}  // namespace
}  // namespace starling::client
