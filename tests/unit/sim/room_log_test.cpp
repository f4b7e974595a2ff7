// The store model's rules of a commit, in a few lines each; the contract suite holds it against the real store.
#include "loadsim/sim/room_log.h"

#include <gtest/gtest.h>

namespace starling::sim {
namespace {

const UserId kOwner{1};
const UserId kMember{2};
const DeviceId kDevice{16};

struct Room {
  RoomLog log{RoomId(5), wire::RoomKind::Group, "room"};

  Room() {
    log.add_founder(kOwner, wire::Role::Owner, {});
    log.add_founder(kMember, wire::Role::Member, {});
  }
  ports::CommitRowResult commit(std::uint32_t cseq, const std::string& body, UserId user = kMember,
                                wire::EventKind kind = wire::EventKind::Message, UserId subject = {}) {
    ports::CommitBatch batch{.room = RoomId(5), .epoch = log.epoch()};
    batch.rows.push_back({.user = user,
                          .device = DeviceId(user.value * 16),
                          .cseq = Cseq(cseq),
                          .client_msg_id = ClientMsgId(user.value * 1000 + wire::body_hash(body) % 997),
                          .kind = kind,
                          .subject = subject,
                          .body_hash = wire::body_hash(body),
                          .body = body});
    RoomLog::Changes changed;
    return log.commit(batch, nullptr, changed).results.front();
  }
};

TEST(RoomLog, ARepeatedSendGetsTheOriginalPlace) {
  Room room;
  const auto first = room.commit(1, "hello");
  EXPECT_EQ(first.status, wire::SendStatus::Accepted);
  const auto again = room.commit(1, "hello");
  EXPECT_EQ(again.status, wire::SendStatus::Duplicate);
  EXPECT_EQ(again.seq, first.seq);
  EXPECT_EQ(room.log.head(), first.seq);
}

TEST(RoomLog, AnotherBodyUnderTheSameNumberIsAConflict) {
  Room room;
  room.commit(1, "hello");
  EXPECT_EQ(room.commit(1, "other").status, wire::SendStatus::Conflict);
}

TEST(RoomLog, ASkippedNumberIsRefusedAndNotConsumed) {
  Room room;
  const auto skipped = room.commit(2, "second");
  EXPECT_EQ(skipped.status, wire::SendStatus::OutOfOrder);
  EXPECT_EQ(skipped.expected, Cseq(1));
  EXPECT_EQ(room.commit(1, "first").status, wire::SendStatus::Accepted);
}

TEST(RoomLog, ARefusedSendConsumesItsNumber) {
  Room room;
  EXPECT_EQ(room.commit(1, "", kOwner, wire::EventKind::MemberRemove, kMember).status, wire::SendStatus::Accepted);
  EXPECT_EQ(room.commit(1, "too late").status, wire::SendStatus::Forbidden);
  EXPECT_EQ(room.commit(1, "too late").status, wire::SendStatus::RejectedBefore);
  EXPECT_EQ(room.log.last_cseq(DeviceId(32)), Cseq(1));
}

TEST(RoomLog, WhoWasRemovedSeesTheLogUpToTheRemoval) {
  Room room;
  room.commit(1, "", kOwner, wire::EventKind::MemberRemove, kMember);
  room.commit(2, "later", kOwner);
  EXPECT_TRUE(room.log.visible(kMember, Seq(3)));
  EXPECT_FALSE(room.log.visible(kMember, Seq(4)));
  EXPECT_TRUE(room.log.visible(kOwner, Seq(4)));
}

TEST(RoomLog, AnotherEpochCommitsNothing) {
  Room room;
  ports::CommitBatch batch{.room = RoomId(5), .epoch = room.log.epoch().next()};
  batch.rows.push_back({.user = kMember, .device = kDevice, .cseq = Cseq(1)});
  RoomLog::Changes changed;
  const auto done = room.log.commit(batch, nullptr, changed);
  EXPECT_EQ(done.results.front().status, wire::SendStatus::StaleEpoch);
  EXPECT_EQ(done.head, Seq(2));
}

TEST(RoomLog, PagesJoinInBothDirections) {
  Room room;
  for (std::uint32_t i = 1; i <= 20; ++i) room.commit(i, "message " + std::to_string(i));
  const auto back = room.log.page({.room = RoomId(5), .backward = true, .limit = 5, .bytes_max = 10'000});
  ASSERT_EQ(back.events.size(), 5u);
  EXPECT_EQ(back.events.back().seq, Seq(22));
  const auto before = room.log.page(
      {.room = RoomId(5), .from = back.events.front().seq, .backward = true, .limit = 5, .bytes_max = 10'000});
  PrefixHash hash = before.hash_before;
  for (const wire::Event& event : before.events) hash = wire::fold(hash, event);
  EXPECT_EQ(hash, back.hash_before);
  const auto forward = room.log.page({.room = RoomId(5), .from = Seq(3), .limit = 3, .bytes_max = 10'000});
  ASSERT_EQ(forward.events.size(), 3u);
  EXPECT_EQ(forward.events.front().seq, Seq(4));
  EXPECT_EQ(forward.hash_before, room.log.hash_at(Seq(3)));
}

}  // namespace
}  // namespace starling::sim
