// The items of users: told to all devices, found again after a loss.
#include "tests/unit/core/rig.h"

namespace starling::core::testing {
namespace {

class ItemsTest : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  ItemsTest() : rig(GetParam()) { rig.store.add_room(kRoom, {kAlice}); }
  void put(End end, std::string value, std::uint64_t base = 0, std::string key = "k") {
    rig.say(end, wire::PutItem{.request_id = ++requests_,
                               .kind = wire::ItemKind::Draft,
                               .key = std::move(key),
                               .value = std::move(value),
                               .base = base});
  }
  Rig rig;
  std::uint64_t requests_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Shards, ItemsTest, ::testing::Values(1u, 3u));

TEST_P(ItemsTest, APutIsAnsweredAndToldToAllDevicesOfTheUser) {
  const End phone = rig.connect(kAlice, DeviceId(10));
  const End desk = rig.connect(kAlice, DeviceId(11), 0, GetParam() - 1);
  const End bob = rig.connect(kBob, DeviceId(20));
  put(phone, "text");
  const auto answers = rig.heard(phone).all<wire::ItemPut>();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].status, wire::PutStatus::Put);
  EXPECT_EQ(answers[0].item.version, 1u);
  for (const End end : {phone, desk}) {
    const auto told = rig.heard(end).all<wire::Items>();
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].prev, 0u);
    EXPECT_EQ(told[0].version, 1u);
    EXPECT_EQ(told[0].items.at(0).value, "text");
  }
  EXPECT_TRUE(rig.heard(bob).all<wire::Items>().empty());
}

TEST_P(ItemsTest, TheServersOwnKindsAreRefusedAndAConflictSaysWhatIsThere) {
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.say(alice, wire::PutItem{.request_id = 7, .kind = wire::ItemKind::Invitation, .key = "1", .value = "2 3 x"});
  EXPECT_EQ(rig.heard(alice).all<wire::ItemPut>().at(0).status, wire::PutStatus::Refused);
  put(alice, "one");
  put(alice, "other");
  const auto conflict = rig.heard(alice).all<wire::ItemPut>().at(2);
  EXPECT_EQ(conflict.status, wire::PutStatus::Conflict);
  EXPECT_EQ(conflict.item.value, "one");
}

TEST_P(ItemsTest, ADeviceThatComesBackGetsWhatItLacksAndNoMore) {
  rig.store.items(kAlice).put({.user = kAlice, .key = "a", .value = "1"});
  rig.store.items(kAlice).put({.user = kAlice, .key = "b", .value = "2"});
  const End behind = rig.connect(kAlice, DeviceId(10));
  ASSERT_EQ(rig.heard(behind).all<wire::Items>().size(), 1u);
  EXPECT_EQ(rig.heard(behind).all<wire::Items>()[0].items.size(), 2u);
  rig.say(behind, wire::ReadItems{.after = 1});
  ASSERT_EQ(rig.heard(behind).all<wire::Items>().size(), 2u);
  EXPECT_EQ(rig.heard(behind).all<wire::Items>()[1].items.at(0).key, "b");
}

TEST_P(ItemsTest, AChangeWhileNobodyIsThereIsFoundByWhoComesNext) {
  const End alice = rig.connect(kAlice, DeviceId(10));
  put(alice, "one");
  rig.disconnect(alice);
  rig.store.items(kAlice).put({.user = kAlice, .key = "b", .value = "2"});
  const End bob = rig.connect(kBob, DeviceId(20));
  wire::Send call = rig.message(1, "<@1>");
  rig.store.room(kRoom).members[kBob] = wire::Role::Member;
  rig.say(bob, call);  // whoever calls alice makes her home look again
  const End again = rig.connect(kAlice, DeviceId(10));
  ASSERT_FALSE(rig.heard(again).all<wire::Items>().empty());
  EXPECT_EQ(rig.heard(again).all<wire::Items>()[0].version, 2u);
}

TEST_P(ItemsTest, AnUnknownOutcomeIsRepeatedAndSetsOnce) {
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.hold_store();
  put(alice, "text");
  rig.complete_next_unknown(true);
  rig.let_store_run();
  rig.pass(1s);
  ASSERT_EQ(rig.heard(alice).all<wire::ItemPut>().size(), 1u);
  EXPECT_EQ(rig.heard(alice).all<wire::ItemPut>()[0].item.version, 1u);
  EXPECT_EQ(rig.heard(alice).all<wire::Items>().size(), 1u);
}

TEST_P(ItemsTest, WhatTookEffectIsToldThoughItsRepeatFoundTheStoreAway) {
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.hold_store();
  put(alice, "text");
  rig.complete_next_unknown(true);
  rig.pass(1s);
  rig.complete_next(ports::StoreStatus::Unavailable);
  rig.let_store_run();
  rig.pass(1s);
  ASSERT_EQ(rig.heard(alice).all<wire::ItemPut>().size(), 1u);
  EXPECT_EQ(rig.heard(alice).all<wire::ItemPut>()[0].status, wire::PutStatus::Put);
  EXPECT_EQ(rig.heard(alice).all<wire::Items>().size(), 1u);
}

TEST_P(ItemsTest, ChangesDuringAReadAreToldAfterIt) {
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.hold_store();
  put(alice, "one", 0, "a");
  rig.complete_next();  // the put; now the home reads
  put(alice, "two", 0, "b");
  rig.let_store_run();
  std::uint64_t version = 0;
  for (const wire::Items& items : rig.heard(alice).all<wire::Items>()) {
    EXPECT_EQ(items.prev, version);
    version = items.version;
  }
  EXPECT_EQ(version, 2u);
}

TEST(ItemsLossTest, ALostNoticeIsRepeated) {
  Rig rig(3);
  rig.store.add_room(kRoom, {kAlice});
  std::vector<End> ends;
  for (std::uint32_t shard = 0; shard < 3; ++shard) {
    ends.push_back(rig.connect(kAlice, DeviceId(10 + shard), 0, shard));
  }
  bool once = true;
  rig.lose = [&](ShardId, ShardId, const ports::Payload& payload) {
    const auto* notice = std::get_if<ports::UserNotice>(&payload);
    return notice != nullptr && std::holds_alternative<wire::Items>(notice->frame) && std::exchange(once, false);
  };
  rig.say(ends[0], wire::PutItem{.request_id = 1, .kind = wire::ItemKind::Mute, .key = "16", .value = "always"});
  rig.pass(5s);
  for (const End end : ends) EXPECT_FALSE(rig.heard(end).all<wire::Items>().empty());
}

/// What a shard did for a device it says to nobody, and dies.
class UntoldTest : public ::testing::Test {
 protected:
  UntoldTest() {
    phone = rig.connect(kAlice, DeviceId(10), 0, there);
    desk = rig.connect(kAlice, DeviceId(11), 0, elsewhere);
    rig.lose = [](ShardId, ShardId, const ports::Payload& p) {
      return std::holds_alternative<ports::ItemsChanged>(p) || std::holds_alternative<ports::MembershipChanged>(p);
    };
    rig.say(phone, wire::PutItem{.request_id = 1, .kind = wire::ItemKind::Draft, .key = "k", .value = "text"});
    rig.say(phone, wire::CreateRoom{.request_id = 2, .title = "made"});
  }
  void expect_all_told(End end) {
    ASSERT_EQ(rig.heard(end).all<wire::Items>().size(), 1u);
    EXPECT_EQ(rig.heard(end).all<wire::Items>()[0].version, 1u);
    ASSERT_EQ(rig.heard(end).all<wire::RoomList>().size(), 1u);
    EXPECT_EQ(rig.heard(end).all<wire::RoomList>()[0].rooms.size(), 1u);
  }

  Rig rig{3};
  std::uint32_t there = (rig.home(kAlice) + 1) % 3;
  std::uint32_t elsewhere = (rig.home(kAlice) + 2) % 3;
  End phone;
  End desk;
};

TEST_F(UntoldTest, IsFoundWhenTheShardIsBack) {
  rig.restart_shard(there);
  rig.lose = {};
  rig.pass(11s);
  expect_all_told(desk);
}

TEST_F(UntoldTest, IsFoundWhenTheShardIsOutAndTheDeviceElsewhere) {
  const End again = rig.connect(kAlice, DeviceId(10), 0, elsewhere);
  rig.put_out(there);
  rig.lose = {};
  rig.pass(11s);
  expect_all_told(again);
  expect_all_told(desk);
}

TEST(ItemsLossTest, AMembershipThatChangesNoItemReadsNone) {
  Rig rig;
  rig.store.add_room(kRoom, {kAlice});
  const End alice = rig.connect(kAlice, DeviceId(10));
  const End carol = rig.connect(kCarol, DeviceId(30));
  rig.say(alice, Rig::add_member(kCarol));
  ASSERT_EQ(rig.heard(carol).all<wire::RoomChanged>().size(), 1u);
  EXPECT_EQ(rig.submitted<ports::LoadItems>(), 0u);
}

}  // namespace
}  // namespace starling::core::testing
