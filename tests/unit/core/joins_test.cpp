// Joining rooms, answering invitations, and what a member who joined late may read.
#include "tests/unit/core/rig.h"

namespace starling::core::testing {
namespace {

using wire::JoinStatus;

class JoinsTest : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  JoinsTest() : rig(GetParam()) { rig.store.add_room(kRoom, {kAlice}, 3); }
  JoinStatus join(End end, bool decline = false, RoomId room = kRoom) {
    rig.say(end, wire::JoinRoom{.request_id = ++requests_, .room = room, .decline = decline});
    const auto answers = rig.heard(end).all<wire::RoomJoined>();
    EXPECT_FALSE(answers.empty());
    EXPECT_EQ(answers.back().request_id, requests_);
    return answers.back().status;
  }
  Rig rig;
  std::uint64_t requests_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Shards, JoinsTest, ::testing::Values(1u, 3u));

TEST_P(JoinsTest, APublicRoomIsJoinedAndTheMembersSeeIt) {
  rig.store.room(kRoom).is_public = true;
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.sync(alice, rig.at_head());
  const End bob = rig.connect(kBob, DeviceId(20));
  EXPECT_EQ(join(bob), JoinStatus::Joined);
  EXPECT_EQ(rig.heard(alice).seqs(), (std::vector<std::uint64_t>{5}));
  ASSERT_EQ(rig.heard(bob).all<wire::RoomChanged>().size(), 1u);
  EXPECT_EQ(rig.heard(bob).all<wire::RoomChanged>()[0].info.role, wire::Role::Member);
  EXPECT_EQ(join(bob), JoinStatus::Already);
  rig.say(bob, rig.message(1));  // its own counter begins at 1
  EXPECT_EQ(rig.heard(bob).all<wire::SendResult>().back().status, wire::SendStatus::Accepted);
}

TEST_P(JoinsTest, APrivateRoomWantsAnInvitation) {
  const End alice = rig.connect(kAlice, DeviceId(10));
  const End bob = rig.connect(kBob, DeviceId(20));
  EXPECT_EQ(join(bob), JoinStatus::Forbidden);
  EXPECT_EQ(join(bob, false, RoomId(404)), JoinStatus::NoSuchRoom);
  wire::Send invite = rig.message(1, "");
  invite.kind = wire::EventKind::MemberInvite;
  invite.subject = kBob;
  rig.say(alice, invite);
  const auto told = rig.heard(bob).all<wire::Items>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].items.at(0).kind, wire::ItemKind::Invitation);
  EXPECT_EQ(join(bob), JoinStatus::Joined);
  EXPECT_EQ(rig.heard(bob).all<wire::Items>().back().items.at(0).value, "");
}

TEST_P(JoinsTest, AnInvitationIsDeclinedOnce) {
  rig.store.room(kRoom).invited[kBob] = true;
  const End bob = rig.connect(kBob, DeviceId(20));
  EXPECT_EQ(join(bob, true), JoinStatus::Declined);
  EXPECT_EQ(join(bob, true), JoinStatus::Already);
  EXPECT_EQ(join(bob), JoinStatus::Forbidden);
}

TEST_P(JoinsTest, TwoWhoJoinAtOnceAreTwoAndNeitherEventHasAName) {
  rig.store.room(kRoom).is_public = true;
  const End bob = rig.connect(kBob, DeviceId(20));
  const End carol = rig.connect(kCarol, DeviceId(30));
  rig.hold_store();
  for (const End end : {bob, carol}) rig.say(end, wire::JoinRoom{.request_id = 1, .room = kRoom});
  rig.pass(3s);  // the requests come again
  rig.let_store_run();
  rig.pass(3s);
  for (const End end : {bob, carol}) {
    ASSERT_EQ(rig.heard(end).all<wire::RoomJoined>().size(), 1u);
    EXPECT_EQ(rig.heard(end).all<wire::RoomJoined>()[0].status, JoinStatus::Joined);
  }
  ASSERT_EQ(rig.store.room(kRoom).head(), Seq(6));
  // A log that was copied back and joined again is the same log: the prefix hash does not tell a name.
  for (const std::size_t i : {4, 5}) EXPECT_FALSE(rig.store.room(kRoom).events[i].client_msg_id);
}

TEST_P(JoinsTest, AnUnknownOutcomeIsRepeatedAndJoinsOnce) {
  rig.store.room(kRoom).is_public = true;
  const End bob = rig.connect(kBob, DeviceId(20));
  rig.hold_store();
  rig.say(bob, wire::JoinRoom{.request_id = 1, .room = kRoom});
  while (rig.held_of<ports::CommitBatch>() == 0 && rig.held() > 0) rig.complete_next();
  ASSERT_EQ(rig.held_of<ports::CommitBatch>(), 1u);
  rig.complete_next_unknown(true);
  rig.let_store_run();
  rig.pass(1s);
  ASSERT_EQ(rig.heard(bob).all<wire::RoomJoined>().size(), 1u);
  EXPECT_EQ(rig.heard(bob).all<wire::RoomJoined>()[0].status, JoinStatus::Already);
  EXPECT_EQ(rig.store.room(kRoom).head(), Seq(5));
  ASSERT_EQ(rig.heard(bob).all<wire::RoomChanged>().size(), 1u);
}

TEST(RoomsOfAUser, AreAsManyAsTheServerAllowsHoweverOneComesIn) {
  Config config;
  config.rooms_per_user_max = 1;
  Rig rig(2, config);
  rig.store.add_room(kRoom, {kAlice});
  rig.store.room(kRoom).is_public = true;
  rig.store.add_room(RoomId(0x20), {kBob});
  const End bob = rig.connect(kBob, DeviceId(20));
  rig.say(bob, wire::JoinRoom{.request_id = 1, .room = kRoom});
  EXPECT_EQ(rig.heard(bob).all<wire::RoomJoined>().at(0).status, JoinStatus::TooManyRooms);
  rig.say(bob, wire::CreateRoom{.request_id = 2, .title = "quay"});
  EXPECT_EQ(rig.heard(bob).all<wire::RoomCreated>().at(0).status, wire::CreateStatus::TooManyRooms);
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.say(alice, Rig::add_member(kBob));
  EXPECT_EQ(rig.heard(alice).all<wire::SendResult>().at(0).status, wire::SendStatus::TooManyRooms);
}

// ---- who was let in past the shards

class LetInTest : public JoinsTest {
 protected:
  /// By an account's transaction: the log has grown, and no home knows.
  Seq let_in(UserId user) {
    FakeRoom& room = rig.store.room(kRoom);
    room.append({.room = kRoom,
                 .kind = wire::EventKind::MemberAdd,
                 .sender = user,
                 .subject = user,
                 .role = wire::Role::Member});
    room.members[user] = wire::Role::Member;
    ++rig.store.versions()[user];
    return room.head();
  }
  void tell(Seq head) { rig.input(rig.home(kRoom), LogGrew{kRoom, head}); }
};
INSTANTIATE_TEST_SUITE_P(Shards, LetInTest, ::testing::Values(1u, 3u));

TEST_P(LetInTest, IsSeenAtOnceAndGetsTheRoom) {
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.sync(alice, rig.at_head());
  tell(let_in(kBob));
  EXPECT_EQ(rig.heard(alice).seqs(), (std::vector<std::uint64_t>{5}));
  const End bob = rig.connect(kBob, DeviceId(20));
  rig.sync(bob);
  EXPECT_EQ(rig.heard(bob).synced().status, wire::SyncStatus::Reset);
  tell(Seq(5));  // known
  EXPECT_EQ(rig.heard(alice).seqs(), (std::vector<std::uint64_t>{5}));
}

TEST_P(LetInTest, IsNotMissedWhileABatchFromBeforeIsAnswered) {
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.sync(alice, rig.at_head());
  rig.hold_store();
  rig.say(alice, rig.message(1));
  ASSERT_EQ(rig.held_of<ports::CommitBatch>(), 1u);
  StoreCompleted answer{{.id = rig.held_id(), .result = rig.store.execute(rig.take_held())}};
  tell(let_in(kBob));
  rig.input(rig.home(kRoom), std::move(answer));
  rig.let_store_run();
  EXPECT_EQ(rig.heard(alice).seqs(), (std::vector<std::uint64_t>{5, 6}));
}

TEST_P(JoinsTest, ItemsThatWereChangedPastTheShardsAreToldToAllDevices) {
  const End phone = rig.connect(kBob, DeviceId(20));
  const End desk = rig.connect(kBob, DeviceId(21), 0, rig.shards() - 1);
  rig.store.items(kBob).change({.user = kBob, .kind = wire::ItemKind::Invitation, .key = "16", .value = "a room"});
  rig.input(rig.home(kBob), ItemsGrew{kBob});
  for (const End end : {phone, desk}) {
    ASSERT_EQ(rig.heard(end).all<wire::Items>().size(), 1u);
    EXPECT_EQ(rig.heard(end).all<wire::Items>()[0].items.at(0).key, "16");
  }
}

// ---- rooms that hide their past

class LateTest : public JoinsTest {
 protected:
  LateTest() {
    FakeRoom& room = rig.store.room(kRoom);
    room.append({.room = kRoom,
                 .kind = wire::EventKind::MemberAdd,
                 .sender = kAlice,
                 .subject = kBob,
                 .role = wire::Role::Member});
    room.members[kBob] = wire::Role::Member;
    room.visible_from[kBob] = Seq(5);
    room.append({.room = kRoom, .sender = kAlice, .body = "for bob too"});
    ++rig.store.versions()[kBob];
  }
};
INSTANTIATE_TEST_SUITE_P(Shards, LateTest, ::testing::Values(1u, 3u));

TEST_P(LateTest, AWindowBeginsAtTheJoin) {
  const End bob = rig.connect(kBob, DeviceId(20));
  rig.sync(bob);
  const wire::SyncedRoom synced = rig.heard(bob).synced();
  EXPECT_EQ(synced.status, wire::SyncStatus::Reset);
  EXPECT_EQ(synced.start, rig.at(4));
  EXPECT_EQ(synced.min_seq, Seq(5));
  EXPECT_EQ(rig.heard(bob).seqs(), (std::vector<std::uint64_t>{5, 6}));
}

TEST_P(LateTest, ACursorFromBeforeIsReset) {
  const End bob = rig.connect(kBob, DeviceId(20));
  rig.sync(bob, rig.at(2));
  EXPECT_EQ(rig.heard(bob).synced().reason, wire::ResetReason::Truncated);
  EXPECT_EQ(rig.heard(bob).seqs(), (std::vector<std::uint64_t>{5, 6}));
}

TEST_P(LateTest, PagesEndAtTheJoinForThoseWhoJoinedLateOnly) {
  const End bob = rig.connect(kBob, DeviceId(20));
  const End alice = rig.connect(kAlice, DeviceId(10));
  for (const End end : {bob, alice}) rig.sync(end, rig.at_head());
  rig.hold_store();
  for (const End end : {bob, alice}) {
    rig.say(end, wire::HistoryRequest{.request_id = 1, .room = kRoom, .backward = true, .limit = 50});
  }
  rig.let_store_run();
  const auto bobs = rig.heard(bob).all<wire::HistoryPage>().at(0);
  ASSERT_EQ(bobs.events.size(), 2u);
  EXPECT_EQ(bobs.events[0].seq, Seq(5));
  EXPECT_EQ(bobs.hash_before, rig.at(4).hash);
  EXPECT_EQ(bobs.min_seq, Seq(5));
  const auto alices = rig.heard(alice).all<wire::HistoryPage>().at(0);
  EXPECT_EQ(alices.events.size(), 6u);
  EXPECT_EQ(alices.min_seq, Seq(1));
  rig.say(bob, wire::HistoryRequest{.request_id = 2, .room = kRoom, .from = Seq(3), .backward = true, .limit = 50});
  EXPECT_TRUE(rig.heard(bob).all<wire::HistoryPage>().at(1).events.empty());
}

}  // namespace
}  // namespace starling::core::testing
