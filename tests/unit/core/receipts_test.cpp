// How far others have come in a room that a session shows.
#include "server/core/receipts.h"

#include <algorithm>
#include <map>

#include "common/wire/limits.h"
#include "tests/unit/core/rig.h"

namespace starling::core::testing {
namespace {

using Marks = std::map<UserId, wire::MemberReceipt>;

/// What a connection knows of the members' marks in the room.
Marks known(Rig& rig, End end) {
  Marks marks;
  for (const auto& frame : rig.heard(end).all<wire::Receipts>()) {
    for (const wire::MemberReceipt& each : frame.members) marks[each.user] = each;
  }
  return marks;
}
bool heard_nothing(Rig& rig, End end) { return rig.heard(end).all<wire::Receipts>().empty(); }
wire::Watch open_room() { return {.room = kRoom, .receipts = true}; }
wire::Delivered got(std::uint64_t seq) { return {.rooms = {{.room = kRoom, .seq = Seq(seq)}}}; }
wire::ReadMark read(std::uint64_t seq) { return {.room = kRoom, .seq = Seq(seq), .msg_no = seq}; }
wire::MemberReceipt bobs(std::uint64_t delivered, std::uint64_t read = 0) {
  return {.user = kBob, .delivered = Seq(delivered), .read = Seq(read)};
}

/// Alice looks at the room, Bob is in it on another shard. The head is 12.
struct Pair {
  explicit Pair(std::uint32_t shards = 2) : rig(shards) {
    rig.store.add_room(kRoom, {kAlice, kBob}, 10);
    alice = rig.connect(kAlice, DeviceId(10), 0, 0);
    bob = rig.connect(kBob, DeviceId(20), 0, shards - 1);
    for (const End end : {alice, bob}) rig.sync(end, rig.at_head());
  }
  Rig rig;
  End alice;
  End bob;
};

TEST(ReceiptsTest, MarksFarFromTheBaseMoveItUpAndStayExact) {
  RoomReceipts room;
  const std::uint64_t far = std::uint64_t{1} << 40;
  room.marks = {{.user = kAlice, .delivered = 7, .read = 7}, {.user = kBob, .delivered = 9, .read = 8}};
  room.reach(Seq(9));
  EXPECT_EQ(room.seq_of(room.marks[1].read), Seq(8));
  room.reach(Seq(far));
  EXPECT_EQ(room.seq_of(room.marks[0].delivered), Seq()) << "a billion events ago: as good as never";
  const Seq later(far + (std::uint64_t{1} << 29));
  room.marks[1].delivered = room.distance_of(later);
  room.marks[1].read = room.distance_of(later.prev()) & 0x7fffffffu;
  room.reach(Seq(far + (std::uint64_t{1} << 30) + 5));
  EXPECT_EQ(room.seq_of(room.marks[1].delivered), later);
  EXPECT_EQ(room.seq_of(room.marks[1].read), later.prev());
  EXPECT_EQ(room.distance_of(Seq(3)), 0u);
}

TEST(ReceiptsTest, WhatWasDeliveredAndReadIsShownWithinFiveSeconds) {
  for (const std::uint32_t shards : {1u, 3u}) {
    Pair p(shards);
    p.rig.say(p.alice, open_room());
    p.rig.pass(1s);
    p.rig.say(p.bob, got(7));
    p.rig.pass(3s);
    EXPECT_EQ(known(p.rig, p.alice)[kBob], bobs(7));
    p.rig.say(p.bob, read(9));
    p.rig.pass(3s);
    EXPECT_EQ(known(p.rig, p.alice)[kBob], bobs(9, 9));
    EXPECT_TRUE(heard_nothing(p.rig, p.bob)) << "he did not ask";
  }
}

TEST(ReceiptsTest, WhoOpensTheRoomLaterIsToldWhereEverybodyStands) {
  Pair p;
  p.rig.say(p.bob, got(7));
  p.rig.pass(3s);
  p.rig.say(p.alice, open_room());
  p.rig.pass(100ms);
  EXPECT_EQ(known(p.rig, p.alice)[kBob], bobs(7));
}

TEST(ReceiptsTest, MarksNeverGoBackNorBeyondTheHead) {
  Pair p;
  p.rig.say(p.alice, open_room());
  p.rig.say(p.bob, got(9));
  p.rig.pass(3s);
  p.rig.say(p.bob, got(3));
  p.rig.say(p.bob, read(2));
  p.rig.pass(3s);
  EXPECT_EQ(known(p.rig, p.alice)[kBob], bobs(9, 2));
  p.rig.say(p.bob, got(5000));
  p.rig.say(p.bob, read(6000));
  p.rig.pass(3s);
  const std::uint64_t head = p.rig.store.room(kRoom).head().value;
  EXPECT_EQ(known(p.rig, p.alice)[kBob], bobs(head, head));
}

TEST(ReceiptsTest, AreOfMembersAndForMembersOnly) {
  Pair p;
  const End carol = p.rig.connect(kCarol, DeviceId(30));
  p.rig.say(carol, open_room());
  p.rig.say(p.alice, open_room());
  p.rig.say(carol, got(5));
  p.rig.say(carol, read(5));
  p.rig.say(p.bob, got(5));
  p.rig.pass(70s);
  EXPECT_TRUE(heard_nothing(p.rig, carol));
  EXPECT_EQ(known(p.rig, p.alice).count(kCarol), 0u);
}

TEST(ReceiptsTest, WhoWasRemovedHearsNoMoreAndIsNotToldOf) {
  Pair p;
  p.rig.say(p.alice, open_room());
  p.rig.say(p.bob, open_room());
  p.rig.say(p.bob, got(5));
  p.rig.pass(3s);
  p.rig.say(p.alice, wire::Send{.room = kRoom,
                                .epoch = Epoch(1),
                                .cseq = Cseq(1),
                                .client_msg_id = ClientMsgId(1),
                                .kind = wire::EventKind::MemberRemove,
                                .subject = kBob});
  p.rig.pass(1s);
  p.rig.forget_heard();
  p.rig.say(p.alice, got(11));
  p.rig.pass(70s);
  EXPECT_TRUE(heard_nothing(p.rig, p.bob));
  EXPECT_FALSE(heard_nothing(p.rig, p.alice));
  EXPECT_EQ(known(p.rig, p.alice).count(kBob), 0u);
}

TEST(ReceiptsTest, ARoomIsToldOnceASecondHoweverManyMarksMove) {
  Pair p;
  p.rig.say(p.alice, open_room());
  p.rig.pass(3s);
  p.rig.forget_heard();
  for (std::uint64_t i = 1; i <= 100; ++i) {
    p.rig.say(p.bob, got(1 + i / 10));
    p.rig.pass(100ms);
  }
  EXPECT_LE(p.rig.heard(p.alice).all<wire::Receipts>().size(), 11u);
  p.rig.pass(3s);
  EXPECT_EQ(known(p.rig, p.alice)[kBob], bobs(11));
}

TEST(ReceiptsTest, WhatGotLostIsToldAgain) {
  Pair p;
  const std::uint32_t away = 1 - p.rig.home(kRoom);
  const End alice = p.rig.connect(kAlice, DeviceId(11), 0, away);
  p.rig.sync(alice, p.rig.at_head());
  p.rig.say(alice, open_room());
  p.rig.pass(1s);
  p.rig.lose = [](ShardId, ShardId, const ports::Payload& each) {
    return std::holds_alternative<ports::ReceiptsTold>(each);
  };
  p.rig.say(p.bob, got(8));
  p.rig.pass(3s);
  p.rig.lose = {};
  p.rig.pass(3s);
  EXPECT_EQ(known(p.rig, alice)[kBob], bobs(8));
}

TEST(ReceiptsTest, ALargeRoomIsToldInCounts) {
  Rig rig(2);
  std::vector<UserId> members{kAlice};
  for (std::uint64_t i = 0; i < wire::limits::kReceiptMembersMax; ++i) members.push_back(UserId(100 + i));
  rig.store.add_room(kRoom, members, 100);
  const std::uint64_t head = rig.store.room(kRoom).head().value;
  const End alice = rig.connect(kAlice, DeviceId(10), 0, 0);
  rig.sync(alice, rig.at_head());
  rig.say(alice, open_room());
  rig.pass(1s);
  for (std::uint64_t i = 0; i < 10; ++i) {
    const End end = rig.connect(UserId(100 + i), DeviceId(1000 + i), 0, 1);
    rig.sync(end, rig.at_head());
    rig.say(end, got(head - i));
    if (i >= 7) rig.say(end, read(head - 9));
  }
  rig.pass(3s);
  ASSERT_FALSE(heard_nothing(rig, alice));
  const wire::Receipts last = rig.heard(alice).all<wire::Receipts>().back();
  EXPECT_TRUE(last.members.empty());
  ASSERT_EQ(last.delivered_counts.size(), wire::limits::kReceiptCountsMax);
  ASSERT_EQ(last.read_counts.size(), wire::limits::kReceiptCountsMax);
  EXPECT_EQ(last.counted_from.value + last.delivered_counts.size(), head + 1);
  const auto at = [&](const std::vector<std::uint32_t>& counts, std::uint64_t seq) {
    return counts[seq - last.counted_from.value];
  };
  EXPECT_EQ(at(last.delivered_counts, head), 1u);
  EXPECT_EQ(at(last.delivered_counts, head - 4), 5u);
  EXPECT_EQ(last.delivered_counts.front(), 10u);
  EXPECT_EQ(at(last.read_counts, head - 8), 0u);
  EXPECT_EQ(at(last.read_counts, head - 9), 3u);
}

TEST(ReceiptsTest, AWatchWithoutReceiptsEndsThem) {
  Pair p;
  p.rig.say(p.alice, open_room());
  p.rig.pass(1s);
  p.rig.say(p.alice, wire::Watch{.room = kRoom, .users = {kBob}});
  p.rig.say(p.bob, got(5));
  p.rig.pass(5s);
  EXPECT_TRUE(heard_nothing(p.rig, p.alice));
}

}  // namespace
}  // namespace starling::core::testing
