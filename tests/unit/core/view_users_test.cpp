// Users whose home becomes another shard, or who had a session on one that is gone.
#include "tests/unit/core/view_rig.h"

namespace starling::core::testing {
namespace {

TEST_F(ViewTest, AUsersSessionsRegisterWithTheNewHome) {
  const UserId user = user_at_home();
  const std::uint64_t n = user.value;
  rig.store.add_room(RoomId(0x77), {user});
  const End phone = rig.connect(user, DeviceId(n), 1, (home + 1) % 3);
  const End tablet = rig.connect(user, DeviceId(n + 1), 1, (home + 2) % 3);
  for (const End end : {phone, tablet}) rig.sync(end, {}, wire::SyncMode::Full, RoomId(0x77));
  rig.say(phone, wire::ReadMark{.room = RoomId(0x77), .seq = Seq(1)});
  rig.put_out(home);
  rig.pass(1s);
  rig.forget_heard();
  const End again = rig.connect(user, DeviceId(n), 1, (home + 2) % 3);
  EXPECT_TRUE(rig.heard(phone).closed) << "the new home knows of the device's older connection";
  EXPECT_FALSE(rig.heard(again).closed);
  const auto marks = rig.heard(tablet).all<wire::ReadMarked>();
  EXPECT_TRUE(marks.empty() || marks.back().seq == Seq(1));
}

/// The first connection was never answered, nor told that it was fenced; the second was welcomed. Then their home dies.
TEST_F(ViewTest, ADeviceThatHasConnectedAnewIsNotTakenForItsOwnOlderConnectionByANewHome) {
  const UserId user = user_at_home();
  const std::uint32_t cut_off = (home + 1) % 3;
  rig.lose = [&](ShardId from, ShardId to, const ports::Payload&) {
    return (from.value == cut_off && to.value == home) || (from.value == home && to.value == cut_off);
  };
  const End ghost = rig.connect(user, DeviceId(user.value), 1, cut_off);
  rig.pass(5s);
  const End present = rig.connect(user, DeviceId(user.value), 1, (home + 2) % 3);
  ASSERT_EQ(rig.heard(present).all<wire::Welcome>().size(), 1u);
  rig.lose = {};
  rig.put_out(home);
  rig.pass(1s);
  EXPECT_FALSE(rig.heard(present).closed);
  EXPECT_EQ(rig.heard(ghost).reason, CloseReason::Fenced);
}

/// Two of one device, each welcomed by another home.
TEST_F(ViewTest, ACloneIsFoundByANewHome) {
  const UserId user = user_at_home();
  const End first = rig.connect(user, DeviceId(user.value), 1, (home + 1) % 3);
  rig.pass(5s);
  rig.lose = [&](ShardId from, ShardId, const ports::Payload& p) {
    return from.value == home && std::holds_alternative<ports::DeviceFenced>(p);
  };
  const End second = rig.connect(user, DeviceId(user.value), 1, (home + 2) % 3);
  ASSERT_FALSE(rig.heard(first).closed);
  rig.lose = {};
  rig.put_out(home);
  rig.pass(1s);
  EXPECT_EQ(rig.heard(first).reason, CloseReason::Fenced);
  EXPECT_FALSE(rig.heard(second).closed);
}

/// The user's home goes to another shard and comes back to this one, which has read for the user before that.
TEST_F(ViewTest, WhatAnEarlierHomeHasReadIsNoAnswerToThePresentOne) {
  const UserId user = user_at_home();
  rig.put_out(home);
  const std::uint32_t second = rig.home(user);
  const RoomId old_room(0x77);
  rig.store.add_room(old_room, {user});
  rig.hold_store();
  const End phone =
      rig.connect(user, DeviceId(user.value), 0, second == (home + 1) % 3 ? (home + 2) % 3 : (home + 1) % 3);
  ASSERT_EQ(rig.held_of<ports::LoadUser>(), 1u);
  const std::uint64_t id = rig.held_id();
  ports::StoreResult early = rig.store.execute(rig.take_held());
  rig.bring_back(home);
  rig.put_out(home);
  rig.store.add_room(RoomId(0x78), {user});
  rig.pass(2s);
  rig.input(second, StoreCompleted{{.id = id, .status = ports::StoreStatus::Ok, .result = std::move(early)}});
  EXPECT_TRUE(rig.heard(phone).all<wire::Welcome>().empty());
  rig.let_store_run();
  ASSERT_EQ(rig.heard(phone).all<wire::Welcome>().size(), 1u);
  EXPECT_EQ(rig.heard(phone).all<wire::Welcome>()[0].rooms_version, rig.store.versions().at(user));
}

TEST_F(ViewTest, WhatTheOldHomeWasToldAndCouldNotBringIsToldByTheNewOne) {
  const UserId user = user_at_home();
  const End phone = rig.connect(user, DeviceId(user.value), 1, (home + 1) % 3);
  const End tablet = rig.connect(user, DeviceId(user.value + 1), 1, home);
  rig.leave(home, false);
  rig.pass(500ms);  // the phone has registered with the new home, the tablet with the old one
  rig.forget_heard();
  rig.say(tablet, wire::PutItem{.request_id = 1, .kind = wire::ItemKind::Draft, .key = "k", .value = "dark"});
  EXPECT_TRUE(rig.heard(phone).all<wire::Items>().empty());
  rig.hear_view(home);
  rig.pass(100ms);
  ASSERT_EQ(rig.heard(phone).all<wire::Items>().size(), 1u);
  EXPECT_EQ(rig.heard(phone).all<wire::Items>()[0].items.at(0).value, "dark");
}

/// Its session's shard dies while the store still works on it.
TEST_F(ViewTest, AnItemThatTakesEffectAfterItsShardHasDiedIsToldToTheOthers) {
  for (const bool with_home : {false, true}) {
    UserId user(100);
    while ((rig.home(user) == home) != with_home) user = user.next();
    const End phone = rig.connect(user, DeviceId(user.value), 0, home);
    const End tablet = rig.connect(user, DeviceId(user.value + 1), 0, (home + 1) % 3);
    rig.hold_store();
    rig.say(phone, wire::PutItem{.request_id = 1, .kind = wire::ItemKind::Draft, .key = "k", .value = "dark"});
    ports::StoreRequest under_way = rig.take_held();
    ASSERT_TRUE(std::holds_alternative<ports::PutItem>(under_way));
    rig.let_store_run();
    rig.put_out(home);
    rig.pass(3s);
    rig.store.execute(std::move(under_way));
    ASSERT_TRUE(rig.heard(tablet).all<wire::Items>().empty() ||
                rig.heard(tablet).all<wire::Items>().back().items.empty());
    rig.pass(10s);
    ASSERT_FALSE(rig.heard(tablet).all<wire::Items>().empty());
    ASSERT_EQ(rig.heard(tablet).all<wire::Items>().back().items.size(), 1u);
    EXPECT_EQ(rig.heard(tablet).all<wire::Items>().back().items[0].value, "dark");
    rig.bring_back(home);
    rig.pass(1s);
  }
}

/// The one that dies was cut off from the user's home, which had no session there, and has gone on for more than a batch.
TEST(ViewOfUsersTest, WhatAShardCommittedAndCouldNotTellForLongIsReadOnceItIsGone) {
  Config config;
  config.batch_events_max = 1;
  Rig rig(3, config);
  const std::uint32_t dying = rig.home(kRoom);
  UserId user(100);
  while (rig.home(user) == dying) user = user.next();
  rig.store.add_room(kRoom, {kAlice, user});
  const End alice = rig.connect(kAlice, DeviceId(10), 0, dying);
  const End phone = rig.connect(user, DeviceId(20), 0, rig.home(user));
  rig.sync(alice, rig.at_head());
  rig.lose = [&](ShardId from, ShardId, const ports::Payload&) { return from.value == dying; };
  rig.say(alice, wire::CreateRoom{.request_id = 1, .kind = wire::RoomKind::Group, .members = {user}});
  rig.say(alice, rig.message(1, "<@" + std::to_string(user.value) + ">"));
  rig.store.items(user).change({.user = user, .kind = wire::ItemKind::Mention, .key = {}, .value = "16 3 1"});
  rig.say(alice, rig.message(2));
  rig.pass(5s);
  rig.forget_heard();
  rig.pass(5s);
  ASSERT_TRUE(rig.heard(phone).frames.empty());
  rig.put_out(dying);
  rig.pass(11s);
  ASSERT_EQ(rig.heard(phone).all<wire::Items>().size(), 1u);
  EXPECT_EQ(rig.heard(phone).all<wire::Items>()[0].version, 1u);
  ASSERT_EQ(rig.heard(phone).all<wire::RoomList>().size(), 1u);
  EXPECT_EQ(rig.heard(phone).all<wire::RoomList>()[0].rooms.size(), 2u);
}

/// Who has come to another shard before the one that died is put out, who is connected elsewhere, and whose home has moved.
TEST_F(ViewTest, UsersThatAreReadAgainAreReadOnceAndInFewMoments) {
  constexpr std::uint64_t kUsers = 300;
  constexpr std::uint64_t kOthers = 6;  // bob and carol, for one reason or another
  const auto lists = [&] { return rig.submitted<ports::LoadUser>(); };
  const std::uint32_t last = (home + 2) % 3;
  for (std::uint64_t i = 100; i < 100 + kUsers; ++i) {
    rig.connect(UserId(i), DeviceId(i), 0, home);
    rig.pass(5ms);
  }
  rig.pass(1s);
  const std::size_t before = lists();
  std::size_t moved = 0;
  for (std::uint64_t i = 100; i < 100 + kUsers; ++i) {
    rig.connect(UserId(i), DeviceId(i), 0, last);
    moved += rig.home(UserId(i)) == home ? 1 : 0;
    rig.pass(7ms);
  }
  EXPECT_EQ(lists() - before, 0u) << "what a device waits for is known";
  rig.put_out(home);
  rig.pass(5s);
  EXPECT_GE(lists() - before, moved);
  EXPECT_LE(lists() - before, moved + kOthers) << "homes that are new, and who is in a room that has moved";
  std::size_t moments = 0;
  const std::size_t read = lists();
  for (int i = 0; i < 700; ++i) {
    const std::size_t known = lists();
    rig.pass(10ms);
    if (lists() != known) ++moments;
  }
  EXPECT_GE(lists() - read, kUsers);
  EXPECT_LE(lists() - read, kUsers + kOthers);
  EXPECT_LE(moments, 2u);
}

TEST_F(ViewTest, WhoComesAfterAShardHasDiedIsReadAtOnceAndThenTogetherWithOthers) {
  constexpr std::uint64_t kUsers = 100;
  const auto lists = [&] { return rig.submitted<ports::LoadUser>(); };
  rig.put_out(home);
  rig.pass(1s);
  for (std::uint64_t i = 100; i < 100 + kUsers; ++i) {
    const End end = rig.connect(UserId(i), DeviceId(i), 0, (home + 1) % 3);
    EXPECT_EQ(rig.heard(end).all<wire::Welcome>().size(), 1u);
    rig.pass(7ms);
  }
  rig.pass(9s);
  const std::size_t before = lists();
  std::size_t moments = 0;
  for (int i = 0; i < 400; ++i) {
    const std::size_t known = lists();
    rig.pass(10ms);
    if (lists() != known) ++moments;
  }
  EXPECT_GE(lists() - before, kUsers);
  EXPECT_LE(moments, 5u);
}

TEST_F(ViewTest, WhoMayBeOutOfTheViewPutsNoItemAndMakesNoRoom) {
  rig.input(home, LeaseExtended{rig.now().at});
  rig.say(alice, wire::PutItem{.request_id = 1, .kind = wire::ItemKind::Draft, .key = "k", .value = "dark"});
  rig.say(alice, wire::CreateRoom{.request_id = 2, .kind = wire::RoomKind::Group, .members = {kBob}});
  ASSERT_EQ(rig.heard(alice).all<wire::ItemPut>().size(), 1u);
  EXPECT_EQ(rig.heard(alice).all<wire::ItemPut>()[0].status, wire::PutStatus::Busy);
  ASSERT_EQ(rig.heard(alice).all<wire::RoomCreated>().size(), 1u);
  EXPECT_EQ(rig.heard(alice).all<wire::RoomCreated>()[0].status, wire::CreateStatus::Busy);
  EXPECT_EQ(rig.submitted<ports::PutItem>() + rig.submitted<ports::CreateRoom>(), 0u);
}

TEST_F(ViewTest, MarksThatOnlyTheLeavingHomeKnowsGoToTheStore) {
  const std::uint64_t n = user_at_home().value;
  rig.store.add_room(RoomId(0x77), {UserId(n)});
  const End phone = rig.connect(UserId(n), DeviceId(n), 1, home);
  rig.sync(phone, {}, wire::SyncMode::Full, RoomId(0x77));
  rig.say(phone, wire::ReadMark{.room = RoomId(0x77), .seq = Seq(1)});
  rig.disconnect(phone);
  ASSERT_TRUE(rig.store.marks().empty());
  rig.hold_store();
  rig.leave(home);
  ASSERT_EQ(rig.held_of<ports::PutReadMarks>(), 1u);
  rig.complete_next(ports::StoreStatus::Unavailable);
  rig.let_store_run();
  rig.pass(1s);
  EXPECT_EQ(rig.store.marks().size(), 1u);
}

}  // namespace
}  // namespace starling::core::testing
