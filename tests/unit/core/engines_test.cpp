// The shard and the client's real engine, together.
#include "tests/unit/core/engines.h"

#include <set>

namespace starling::core::testing {
namespace {

std::size_t accepted(const Engine& engine) {
  std::set<std::uint64_t> seqs;
  for (const client::Settled& s : engine.settled) {
    if (s.status == wire::SendStatus::Accepted || s.status == wire::SendStatus::Duplicate) seqs.insert(s.seq.value);
  }
  return seqs.size();
}

TEST(EnginesTest, MessagesReachEveryMemberOnceAndInOrder) {
  Chat chat;
  chat.rig.store.add_room(kRoom, {kAlice, kBob, kCarol});
  Engine& alice = chat.add(kAlice, DeviceId(10));
  Engine& bob = chat.add(kBob, DeviceId(20));
  chat.add(kCarol, DeviceId(30));
  chat.pass(1s);
  for (int i = 0; i < 50; ++i) {
    alice.send("a" + std::to_string(i));
    bob.send("b" + std::to_string(i));
  }
  chat.pass(20s);
  EXPECT_EQ(accepted(alice), 50u);
  EXPECT_EQ(accepted(bob), 50u);
  EXPECT_EQ(chat.rig.store.room(kRoom).head(), Seq(103));
  chat.expect_all_at_head();
}

TEST(EnginesTest, AConnectionCutInTheMiddleLosesNothing) {
  Chat chat;
  chat.rig.store.add_room(kRoom, {kAlice, kBob}, 300);
  Engine& alice = chat.add(kAlice, DeviceId(10));
  Engine& bob = chat.add(kBob, DeviceId(20));
  chat.pass(1s);
  for (int i = 0; i < 40; ++i) {
    alice.send("a" + std::to_string(i));
    if (i % 7 == 0) bob.cut();
    if (i % 11 == 0) alice.cut();
    chat.pass(200ms);
  }
  chat.pass(90s);
  EXPECT_EQ(accepted(alice), 40u);
  EXPECT_EQ(chat.rig.store.room(kRoom).head(), Seq(342));
  chat.expect_all_at_head();
}

TEST(EnginesTest, TwoShardsWithRingsThatLoseEnvelopesAgreeInTheEnd) {
  Chat chat(2);
  chat.rig.store.add_room(kRoom, {kAlice, kBob, kCarol}, 10);
  std::uint64_t n = 0;
  bool lossy = true;
  chat.rig.lose = [&](ShardId, ShardId, const ports::Payload&) { return lossy && draw(5, 0, 0, ++n) % 5 == 0; };
  Engine& alice = chat.add(kAlice, DeviceId(10), 0);
  Engine& bob = chat.add(kBob, DeviceId(20), 1);
  chat.add(kCarol, DeviceId(30), 1);
  chat.add(kAlice, DeviceId(11), 1);
  chat.pass(5s);
  for (int i = 0; i < 60; ++i) {
    alice.send("a" + std::to_string(i));
    bob.send("b" + std::to_string(i));
    chat.pass(100ms);
  }
  chat.pass(60s);
  lossy = false;
  chat.pass(10s);
  EXPECT_EQ(accepted(alice), 60u);
  EXPECT_EQ(accepted(bob), 60u);
  EXPECT_EQ(chat.rig.store.room(kRoom).head(), Seq(133));
  chat.expect_all_at_head();
  EXPECT_EQ(chat.rig.shard(0).pending(), "");
  EXPECT_EQ(chat.rig.shard(1).pending(), "");
}

TEST(EnginesTest, AReaderThatStopsForAWhileIsCaughtUpWithoutAGap) {
  Config config;
  config.outbox_bytes_soft = 2000;
  config.outbox_bytes_hard = 20000;
  Chat chat(1, config);
  chat.rig.store.add_room(kRoom, {kAlice, kBob});
  Engine& alice = chat.add(kAlice, DeviceId(10));
  Engine& bob = chat.add(kBob, DeviceId(20));
  chat.pass(1s);
  bob.stop_reading();
  chat.rig.stop_reading(bob.end());
  for (int i = 0; i < 200; ++i) {
    alice.send("message " + std::to_string(i));
    chat.pass(20ms);
  }
  EXPECT_GT(chat.rig.shard().counters().lagging_entered, 0u);
  bob.resume();
  chat.pass(30s);
  chat.expect_all_at_head();
  EXPECT_EQ(bob.resets.size(), 1u);  // the first window only
  EXPECT_EQ(chat.rig.shard().counters().slow_closed, 0u);
}

TEST(EnginesTest, ARoomCreatedByOneAppearsForAllItsMembers) {
  Chat chat(2);
  Engine& alice = chat.add(kAlice, DeviceId(10), 0);
  Engine& bob = chat.add(kBob, DeviceId(20), 1);
  chat.pass(1s);
  alice.command([&](client::Session& s, Instant now, client::Output& out) {
    (void)s.create_room(wire::RoomKind::Group, "new", {kBob}, now, out);
  });
  chat.pass(2s);
  ASSERT_FALSE(bob.changes.empty());  // the room's home tells again what it finds in the log
  const RoomId room = bob.changes[0].info.room;
  bob.send("here", room);
  chat.pass(3s);
  chat.expect_all_at_head(room);
  EXPECT_EQ(chat.rig.store.room(room).head(), Seq(3));
}

TEST(EnginesTest, TheKickedMemberSeesItsRemovalAndNothingAfter) {
  Chat chat(2);
  chat.rig.store.add_room(kRoom, {kAlice, kBob, kCarol});
  Engine& alice = chat.add(kAlice, DeviceId(10), 0);
  Engine& bob = chat.add(kBob, DeviceId(20), 1);
  chat.pass(1s);
  alice.send("before");
  alice.command([&](client::Session& s, Instant now, client::Output& out) {
    (void)s.send(kRoom, {.kind = wire::EventKind::MemberRemove, .subject = kBob}, now, out);
  });
  alice.send("after");
  chat.pass(3s);
  EXPECT_EQ(bob.applied.back(), 5u);
  EXPECT_EQ(bob.left, std::vector<RoomId>{kRoom});
  EXPECT_EQ(alice.applied.back(), 6u);
}

TEST(EnginesTest, ARestoredLogGivesTheDeviceNewNumbersAndKeepsWhatItHadNotSent) {
  Chat chat;
  chat.rig.store.add_room(kRoom, {kAlice, kBob});
  Engine& alice = chat.add(kAlice, DeviceId(10));
  Engine& bob = chat.add(kBob, DeviceId(20));
  chat.pass(1s);
  for (int i = 0; i < 5; ++i) alice.send("a" + std::to_string(i));
  chat.pass(2s);
  // The operator puts an older file in place, and restarts.
  FakeRoom& room = chat.rig.store.room(kRoom);
  room.events.resize(4);
  room.devices[DeviceId(10)] = Cseq(2);
  alice.cut();
  bob.cut();
  alice.send("while away");
  chat.rig.restart_shards();
  chat.pass(60s);
  EXPECT_EQ(room.epoch, Epoch(16));
  EXPECT_EQ(room.head(), Seq(5));
  EXPECT_EQ(room.events.back().body, "while away");
  chat.expect_all_at_head();
}

}  // namespace
}  // namespace starling::core::testing
