// Users: their devices, their rooms, their read markers, and how a shard is emptied.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "common/base/probe.h"
#include "common/wire/limits.h"
#include "tests/unit/core/rig.h"

namespace starling::core::testing {
namespace {

TEST(UsersTest, AWelcomeNamesTheListAndSendsItToWhoHoldsAnother) {
  Rig rig;
  rig.store.add_room(kRoom, {kAlice});
  const End fresh = rig.connect(kAlice, DeviceId(10), 0);
  const auto welcome = rig.heard(fresh).all<wire::Welcome>();
  ASSERT_EQ(welcome.size(), 1u);
  EXPECT_EQ(welcome[0].rooms_version, 1u);
  EXPECT_EQ(welcome[0].ticket, "ticket");
  const auto lists = rig.heard(fresh).all<wire::RoomList>();
  ASSERT_EQ(lists.size(), 1u);
  EXPECT_EQ(lists[0].rooms.at(0).room, kRoom);
  const End known = rig.connect(kAlice, DeviceId(11), 1);
  EXPECT_TRUE(rig.heard(known).all<wire::RoomList>().empty());
}

TEST(UsersTest, ARevokedDevicesSessionsEndAndNoOthers) {
  Rig rig(2);
  rig.store.add_room(kRoom, {kAlice, kBob});
  const End here = rig.connect(kAlice, DeviceId(10), 0);
  const End other = rig.connect(kAlice, DeviceId(11), 0);
  const End bob = rig.connect(kBob, DeviceId(20), 0);
  for (std::uint32_t shard = 0; shard < 2; ++shard) rig.input(shard, DeviceRevoked{DeviceId(10)});
  EXPECT_TRUE(rig.heard(here).closed);
  EXPECT_EQ(rig.heard(here).reason, CloseReason::Revoked);
  EXPECT_FALSE(rig.heard(other).closed);
  EXPECT_FALSE(rig.heard(bob).closed);
}

TEST(UsersTest, ALongListComesInParts) {
  Rig rig;
  for (std::uint64_t i = 1; i <= 400; ++i) rig.store.add_room(RoomId(i), {kAlice});
  const End end = rig.connect(kAlice, DeviceId(10), 0);
  const auto lists = rig.heard(end).all<wire::RoomList>();
  ASSERT_EQ(lists.size(), 3u);
  EXPECT_TRUE(lists[0].more && lists[1].more && !lists[2].more);
}

/// Rooms with the longest titles: 4,000 of them are four times what an outbox may hold.
void add_long_list(Rig& rig, UserId user, std::uint64_t rooms) {
  for (std::uint64_t i = 1; i <= rooms; ++i) {
    rig.store.add_room(RoomId(i), {user}).title = std::string(wire::limits::kTitleBytesMax, 't');
  }
}
std::size_t listed(const Heard& heard) {
  std::size_t rooms = 0;
  for (const wire::RoomList& list : heard.all<wire::RoomList>()) rooms += list.rooms.size();
  return rooms;
}

TEST(UsersTest, AListOfAnyLengthClosesNobody) {
  Rig rig;
  add_long_list(rig, kAlice, 4000);
  const End alice = rig.next_end(0);
  rig.stop_reading(alice);
  rig.connect(kAlice, DeviceId(10));
  for (int i = 0; i < 40 && listed(rig.heard(alice)) < 4000; ++i) {
    EXPECT_LT(rig.heard(alice).queued, 128u * 1024);
    rig.drain(alice);
    rig.stop_reading(alice);
  }
  EXPECT_FALSE(rig.heard(alice).closed);
  EXPECT_EQ(listed(rig.heard(alice)), 4000u);
  EXPECT_FALSE(rig.heard(alice).all<wire::RoomList>().back().more);
  // Nor does it when it changes as a whole.
  rig.drain(alice);
  rig.stop_reading(alice);
  rig.forget_heard();
  rig.store.add_room(RoomId(5000), {kAlice});  // nobody says so
  const End bob = rig.connect(kBob, DeviceId(20));
  rig.say(bob, wire::CreateRoom{.request_id = 1, .kind = wire::RoomKind::Group, .members = {kAlice}});
  for (int i = 0; i < 40 && listed(rig.heard(alice)) < 4002; ++i) {
    rig.drain(alice);
    rig.stop_reading(alice);
  }
  EXPECT_FALSE(rig.heard(alice).closed);
  EXPECT_EQ(listed(rig.heard(alice)), 4002u);
}

TEST(UsersTest, WhoReadsNothingOfALongListIsClosedInTheEnd) {
  Rig rig;
  add_long_list(rig, kAlice, 1000);
  const End alice = rig.next_end(0);
  rig.stop_reading(alice);
  rig.connect(kAlice, DeviceId(10));
  rig.pass(40s);
  EXPECT_EQ(rig.heard(alice).reason, CloseReason::SlowReader);
}

TEST(UsersTest, PartsThatFollowAChangeDoNotContradictIt) {
  Rig rig;
  add_long_list(rig, kAlice, 999);
  rig.store.add_room(RoomId(1000), {kBob, kAlice});
  const End bob = rig.connect(kBob, DeviceId(20));
  const End alice = rig.next_end(0);
  rig.stop_reading(alice);
  rig.connect(kAlice, DeviceId(10));
  rig.say(bob, wire::Send{.room = RoomId(1000),
                          .epoch = Epoch(1),
                          .cseq = Cseq(1),
                          .client_msg_id = ClientMsgId(1),
                          .kind = wire::EventKind::MemberRemove,
                          .subject = kAlice});
  rig.say(bob, wire::CreateRoom{.request_id = 1, .kind = wire::RoomKind::Group, .members = {kAlice}});
  ASSERT_EQ(rig.heard(alice).all<wire::RoomChanged>().size(), 2u);
  const RoomId added = rig.heard(alice).all<wire::RoomChanged>()[1].info.room;
  for (int i = 0; i < 40; ++i) rig.drain(alice);
  std::vector<RoomId> rooms;
  for (const wire::RoomList& list : rig.heard(alice).all<wire::RoomList>()) {
    for (const wire::RoomInfo& info : list.rooms) rooms.push_back(info.room);
  }
  EXPECT_EQ(std::ranges::count(rooms, RoomId(1000)), 0);
  EXPECT_EQ(std::ranges::count(rooms, added), 1);
  EXPECT_FALSE(rig.heard(alice).all<wire::RoomList>().back().more);
}

TEST(UsersTest, ComingBackWithinATicketsLifeNeedsNoStore) {
  Rig rig;
  rig.store.add_room(kRoom, {kAlice});
  const End first = rig.connect(kAlice, DeviceId(10), 1);
  rig.sync(first, rig.at_head());
  rig.disconnect(first);
  rig.pass(20s);
  rig.hold_store();
  const End again = rig.connect(kAlice, DeviceId(10), 1);
  rig.sync(again, rig.at_head());
  EXPECT_EQ(rig.held(), 0u);
  EXPECT_EQ(rig.heard(again).synced().status, wire::SyncStatus::Live);
}

TEST(UsersTest, TheLaterConnectionOfADeviceFencesTheEarlierOnAnyShard) {
  for (const std::uint32_t shards : {1u, 2u}) {
    Rig rig(shards);
    rig.store.add_room(kRoom, {kAlice});
    const End first = rig.connect(kAlice, DeviceId(10), 0, 0);
    rig.pass(4s);
    const End second = rig.connect(kAlice, DeviceId(10), 0, shards - 1);
    EXPECT_TRUE(rig.heard(first).closed);
    EXPECT_EQ(rig.heard(first).reason, CloseReason::Fenced);
    EXPECT_FALSE(rig.heard(second).closed);
    rig.pass(4s);
    // The fenced one's farewell does not put the other out.
    const End other = rig.connect(kAlice, DeviceId(10), 0, 0);
    EXPECT_EQ(rig.heard(second).reason, CloseReason::Fenced);
    EXPECT_FALSE(rig.heard(other).closed);
  }
}

/// Each of them may have stood still, or been long on the way, before it was looked at.
TEST(UsersTest, OfTwoConnectionsAtAboutTheSameTimeNoneIsEndedForGoodAndACloneIsFoundInTheEnd) {
  Rig rig(2);
  rig.store.add_room(kRoom, {kAlice});
  const End first = rig.connect(kAlice, DeviceId(10), 0, 0);
  rig.pass(1s);
  const End second = rig.connect(kAlice, DeviceId(10), 0, 1);
  EXPECT_TRUE(rig.heard(first).closed);
  EXPECT_EQ(rig.heard(first).reason, CloseReason::Overloaded);
  rig.pass(4s);
  const End again = rig.connect(kAlice, DeviceId(10), 0, 0);
  EXPECT_EQ(rig.heard(second).reason, CloseReason::Fenced);
  EXPECT_FALSE(rig.heard(again).closed);
}

TEST(UsersTest, ALoginWhoseRequestWasLostDoesNotFenceALaterOne) {
  Rig rig(2);
  rig.store.add_room(kRoom, {kAlice});
  const std::uint32_t away = 1 - rig.home(kAlice);
  rig.lose = [](ShardId, ShardId, const ports::Payload& p) { return std::holds_alternative<ports::AttachDevice>(p); };
  const End first = rig.connect(kAlice, DeviceId(10), 0, away);
  rig.lose = {};
  rig.pass(10ms);
  const End second = rig.connect(kAlice, DeviceId(10), 0, 1 - away);
  rig.pass(3s);
  EXPECT_TRUE(rig.heard(first).closed);
  EXPECT_FALSE(rig.heard(second).closed);
}

/// Its home stood still while it was repeated, so it seems to be of the later connection.
TEST(UsersTest, AWordOfAnEarlierConnectionThatWasLongOnTheWayEndsNoneForGood) {
  Rig rig(2);
  rig.store.add_room(kRoom, {kAlice});
  const std::uint32_t home = rig.home(kAlice);
  const std::uint32_t away = 1 - home;
  ports::AttachDevice word;
  rig.lose = [&](ShardId, ShardId, const ports::Payload& p) {
    const auto* attach = std::get_if<ports::AttachDevice>(&p);
    if (attach != nullptr) word = *attach;
    return attach != nullptr;
  };
  rig.connect(kAlice, DeviceId(10), 0, away);
  rig.lose = {};
  const End present = rig.connect(kAlice, DeviceId(10), 0, away);
  ASSERT_EQ(rig.heard(present).all<wire::Welcome>().size(), 1u);
  rig.input(home, EnvelopeReceived{{.header = {.from = ShardId(static_cast<std::uint16_t>(away)),
                                               .boot = 2,
                                               .to_boot = 2,
                                               .link_seq = 1000,
                                               .view = ViewId(1),
                                               .sent_at = rig.now().at - 2s},
                                    .payload = word}});
  ASSERT_TRUE(rig.heard(present).closed);
  EXPECT_EQ(rig.heard(present).reason, CloseReason::Overloaded);
}

TEST(UsersTest, AUserHasOnlySoManyConnections) {
  Config config;
  config.connections_per_user_max = 3;
  Rig rig(1, config);
  rig.store.add_room(kRoom, {kAlice});
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_FALSE(rig.heard(rig.connect(kAlice, DeviceId(10 + i))).closed);
  const End fourth = rig.connect(kAlice, DeviceId(20));
  EXPECT_TRUE(rig.heard(fourth).closed);
  EXPECT_EQ(rig.heard(fourth).reason, CloseReason::Overloaded);
}

TEST(UsersTest, AnAddedMemberHearsOfTheRoomAndMaySyncIt) {
  Rig rig(2);
  rig.store.add_room(kRoom, {kAlice});
  const End alice = rig.connect(kAlice, DeviceId(10), 0, 0);
  const End carol = rig.connect(kCarol, DeviceId(30), 0, 1);
  rig.say(alice, rig.add_member(kCarol));
  const auto changes = rig.heard(carol).all<wire::RoomChanged>();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].info.role, wire::Role::Member);
  EXPECT_EQ(changes[0].rooms_version, 1u);
  rig.sync(carol, {});
  EXPECT_EQ(rig.heard(carol).synced().status, wire::SyncStatus::Reset);
}

TEST(UsersTest, OnlyTheLastOfSeveralChangesNamesTheNewVersion) {
  Rig rig;
  const End carol = rig.connect(kCarol, DeviceId(30));
  const End alice = rig.connect(kAlice, DeviceId(10));
  // All are made while the list is read once.
  rig.hold_store();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    rig.say(alice, wire::CreateRoom{.request_id = i, .kind = wire::RoomKind::Group, .members = {kCarol}});
  }
  rig.let_store_run();
  const auto changes = rig.heard(carol).all<wire::RoomChanged>();
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].rooms_version, 0u);
  EXPECT_EQ(changes[1].rooms_version, 0u);
  EXPECT_EQ(changes[2].rooms_version, 3u);
  // Whoever was cut off after the first one is told the whole list.
  const End again = rig.connect(kCarol, DeviceId(30), changes[0].rooms_version);
  ASSERT_EQ(rig.heard(again).all<wire::RoomList>().size(), 1u);
  EXPECT_EQ(rig.heard(again).all<wire::RoomList>()[0].rooms.size(), 3u);
}

TEST(UsersTest, AChangeAmongOthersThatWereNotToldKeepsTheOldVersionUntilTheListCame) {
  Rig rig;
  const End carol = rig.connect(kCarol, DeviceId(30));
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.store.add_room(RoomId(0x99), {kCarol});  // nobody says so
  rig.say(alice, wire::CreateRoom{.request_id = 1, .kind = wire::RoomKind::Group, .members = {kCarol}});
  const auto changes = rig.heard(carol).all<wire::RoomChanged>();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].rooms_version, 0u);
  ASSERT_EQ(rig.heard(carol).all<wire::RoomList>().size(), 1u);
  EXPECT_EQ(rig.heard(carol).all<wire::RoomList>()[0].rooms_version, 2u);
}

TEST(UsersTest, ARoomThatWasMadeIsToldThoughTheRepeatFoundTheStoreAwayAndItsMakerIsGone) {
  Rig rig;
  const End carol = rig.connect(kCarol, DeviceId(30));
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.hold_store();
  rig.say(alice, wire::CreateRoom{.request_id = 1, .kind = wire::RoomKind::Group, .members = {kCarol}});
  rig.complete_next_unknown(true);
  rig.disconnect(alice);
  rig.pass(1s);
  rig.complete_next(ports::StoreStatus::Unavailable);
  rig.let_store_run();
  rig.pass(1s);
  EXPECT_EQ(rig.heard(carol).all<wire::RoomChanged>().size(), 1u);
}

TEST(UsersTest, ReadMarkersNeverGoBackOrBeyondTheHeadAndReachTheStoreLater) {
  Rig rig;
  rig.store.add_room(kRoom, {kAlice}, 10);
  const End phone = rig.connect(kAlice, DeviceId(10));
  const End desk = rig.connect(kAlice, DeviceId(11));
  for (const End end : {phone, desk}) rig.sync(end, rig.at_head());
  rig.say(phone, wire::ReadMark{.room = kRoom, .seq = Seq(500), .msg_no = 900});
  ASSERT_EQ(rig.heard(desk).all<wire::ReadMarked>().size(), 1u);
  EXPECT_EQ(rig.heard(desk).all<wire::ReadMarked>()[0].seq, Seq(11));
  EXPECT_EQ(rig.heard(desk).all<wire::ReadMarked>()[0].msg_no, 10u);
  rig.say(desk, wire::ReadMark{.room = kRoom, .seq = Seq(5), .msg_no = 4});
  EXPECT_EQ(rig.heard(desk).all<wire::ReadMarked>().back().seq, Seq(11));
  EXPECT_EQ(rig.heard(phone).all<wire::ReadMarked>().size(), 1u);
  EXPECT_EQ(rig.submitted<ports::PutReadMarks>(), 0u);
  rig.pass(6s);
  EXPECT_EQ(rig.submitted<ports::PutReadMarks>(), 1u);
  EXPECT_EQ(rig.store.marks().at({kAlice, kRoom}).seq, Seq(11));
  rig.sync(desk, rig.at_head());
  EXPECT_EQ(rig.heard(desk).synced().read_seq, Seq(11));
}

TEST(UsersTest, MarkersThatTheStoreDidNotTakeGoAgain) {
  Rig rig;
  rig.store.add_room(kRoom, {kAlice}, 10);
  const End phone = rig.connect(kAlice, DeviceId(10));
  rig.sync(phone, rig.at_head());
  rig.say(phone, wire::ReadMark{.room = kRoom, .seq = Seq(7), .msg_no = 6});
  rig.hold_store();
  rig.pass(6s);
  rig.complete_next(ports::StoreStatus::Unknown);
  rig.pass(6s);
  rig.let_store_run();
  EXPECT_EQ(rig.store.marks().at({kAlice, kRoom}).seq, Seq(7));
}

TEST(UsersTest, AStormComesInAtABoundedRateAndEverybodyInTheFirstSlot) {
  constexpr std::uint32_t kBurst = 50;
  constexpr std::uint32_t kPerSecond = 100;
  constexpr std::uint64_t kUsers = 1000;
  Rig rig(1, {.sessions_per_s = kPerSecond, .sessions_burst = kBurst});
  std::vector<std::pair<std::uint32_t, std::uint64_t>> slots;  // when, who
  const auto come = [&](std::uint64_t user) {
    const End end = rig.connect(UserId(100 + user), DeviceId(100 + user));
    const auto& heard = rig.heard(end);
    if (!heard.closed) return true;
    EXPECT_EQ(heard.reason, CloseReason::Overloaded);
    slots.emplace_back(heard.all<wire::Reconnect>().back().after_ms, user);
    return false;
  };
  std::uint64_t in = 0;
  for (std::uint64_t user = 0; user < kUsers; ++user) in += come(user) ? 1 : 0;
  EXPECT_EQ(in, kBurst);
  ASSERT_EQ(slots.size(), kUsers - kBurst);
  EXPECT_LE(slots.back().first, 1000 * kUsers * 5 / 4 / kPerSecond);
  std::uint32_t passed = 0;
  std::uint32_t most = 0;
  std::map<std::uint32_t, std::uint32_t> each_second;
  const auto first = std::exchange(slots, {});
  for (const auto& [at, user] : first) {
    rig.pass(std::chrono::milliseconds(at - std::exchange(passed, at)));
    if (come(user)) most = std::max(most, ++each_second[at / 1000]);
  }
  EXPECT_TRUE(slots.empty()) << "somebody who came in time was sent away again";
  EXPECT_LE(most, kPerSecond);
}

TEST(UsersTest, ANodeOutOfItsPlaceTakesNobodyIn) {
  Rig rig;
  rig.input(0, LeaseExtended{rig.now().at + 1s});
  rig.pass(2s);
  const End late = rig.connect(kAlice, DeviceId(10));
  EXPECT_TRUE(rig.heard(late).closed);
  EXPECT_GE(rig.heard(late).all<wire::Reconnect>().at(0).after_ms, 1000u);
  rig.input(0, LeaseExtended{rig.now().at + 1s});
  EXPECT_FALSE(rig.heard(rig.connect(kAlice, DeviceId(10))).closed);
}

/// The user was forgotten while the store had the marker, and is back when the answer comes.
TEST(UsersTest, AMarkerThatTheStoreDidNotTakeGoesAgainThoughItsUserIsKnownAnew) {
  for (const bool with_a_lower_one : {false, true}) {
    Rig rig;
    rig.store.add_room(kRoom, {kAlice}, 10);
    const End phone = rig.connect(kAlice, DeviceId(10));
    rig.sync(phone, rig.at_head());
    rig.say(phone, wire::ReadMark{.room = kRoom, .seq = Seq(7), .msg_no = 6});
    rig.hold_store();
    rig.pass(6s);
    ports::StoreCompletion failed{
        .id = rig.held_id(), .status = ports::StoreStatus::Unavailable, .result = ports::Done{}};
    rig.take_held();
    rig.let_store_run();
    rig.disconnect(phone, true);
    rig.pass(1000s);
    const End again = rig.connect(kAlice, DeviceId(10));
    if (with_a_lower_one) rig.say(again, wire::ReadMark{.room = kRoom, .seq = Seq(3), .msg_no = 2});
    rig.input(0, StoreCompleted{std::move(failed)});
    rig.pass(6s);
    EXPECT_EQ(rig.store.marks()[std::pair(kAlice, kRoom)].seq, Seq(7));
  }
}

TEST(UsersTest, ADrainSendsEverybodyAwayAtABoundedRateAndEndsEmpty) {
  Rig rig;
  rig.store.add_room(kRoom, {kAlice}, 10);
  std::vector<End> ends;
  for (std::uint64_t i = 0; i < 1000; ++i) ends.push_back(rig.connect(UserId(100 + i), DeviceId(100 + i)));
  rig.drain_shard();
  const auto closed = [&] { return std::ranges::count_if(ends, [&](End e) { return rig.heard(e).closed; }); };
  rig.pass(1s);
  EXPECT_GT(closed(), 10);
  EXPECT_LT(closed(), 40);
  const End late = rig.connect(kAlice, DeviceId(10));
  EXPECT_EQ(rig.heard(late).reason, CloseReason::Draining);
  EXPECT_EQ(rig.heard(late).all<wire::Reconnect>().size(), 1u);
  EXPECT_FALSE(rig.shard().drained());
  rig.pass(60s);
  EXPECT_EQ(closed(), 1000);
  EXPECT_EQ(rig.heard(ends[500]).all<wire::Reconnect>().size(), 1u);
  EXPECT_TRUE(rig.shard().drained());
}

TEST(UsersTest, ADrainEndsWithinAMinuteForAnyNumberOfSessions) {
  for (const std::uint64_t sessions : {7u, 990u, 1490u}) {
    Rig rig;
    for (std::uint64_t i = 0; i < sessions; ++i) rig.connect(UserId(100 + i), DeviceId(100 + i));
    rig.drain_shard();
    rig.pass(52s);
    EXPECT_TRUE(rig.shard().drained()) << sessions;
  }
}

TEST(UsersTest, IdleRoomsAndUsersAreForgottenInTheEnd) {
  Rig rig;
  rig.store.add_room(kRoom, {kAlice}, 10);
  const End alice = rig.connect(kAlice, DeviceId(10));
  rig.sync(alice, rig.at_head());
  rig.pass(10min);
  EXPECT_EQ(rig.shard().counters().rooms_home, 1u);
  rig.disconnect(alice);
  rig.pass(10min);
  EXPECT_EQ(rig.shard().counters().rooms_home, 0u);
  EXPECT_EQ(rig.shard().counters().rooms_local, 0u);
}

}  // namespace
}  // namespace starling::core::testing
