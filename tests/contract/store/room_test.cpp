// Creation of rooms, lists of users, read marks.
#include <gmock/gmock.h>

#include "tests/contract/store/contract_test.h"

namespace starling::contract {
namespace {

using enum wire::EventKind;
using testing::ElementsAre;

class StoreRooms : public StoreContract {
 protected:
  ports::RoomMade create(ports::CreateRoom request) { return subject_->get<ports::RoomMade>(std::move(request)); }
  static ports::CreateRoom direct(UserId from, UserId to, std::uint64_t request_id, RoomId proposed) {
    return {.user = from,
            .device = device_of(from),
            .request_id = request_id,
            .proposed = proposed,
            .kind = wire::RoomKind::Direct,
            .members = {to},
            .now = kNoon};
  }
};
STARLING_CONTRACT(StoreRooms);

TEST_P(StoreRooms, ALogBeginsWithItsFounders) {
  const auto events = log();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].kind, MemberAdd);
  EXPECT_EQ(events[0].subject, kOwner);
  EXPECT_EQ(events[0].role, wire::Role::Owner);
  EXPECT_EQ(events[0].device, DeviceId());
  EXPECT_EQ(events[2].subject, kBob);
  EXPECT_EQ(events[2].role, wire::Role::Member);
  EXPECT_EQ(load().title, "harbour");
  EXPECT_EQ(load().epoch, Epoch(1));
}

/// In a room of three, Ada is in one room; each test may let her into one more.
constexpr std::uint32_t kTwoRooms = 2;

TEST_P(StoreRooms, AUserIsInSoManyRoomsAndNoMore) {
  const auto make = [&](UserId user, std::vector<UserId> members, std::uint64_t n) {
    return create({.user = user,
                   .device = device_of(user),
                   .request_id = n,
                   .proposed = RoomId(100 + n),
                   .rooms_per_user_max = kTwoRooms,
                   .title = "quay",
                   .members = std::move(members),
                   .now = kNoon})
        .status;
  };
  const auto commit = [&](RoomId room, ports::CommitRow row) {
    ports::CommitBatch one = batch({std::move(row)}, Epoch(1), room);
    one.rooms_per_user_max = kTwoRooms;
    return subject_->get<ports::Committed>(std::move(one)).results.at(0).status;
  };
  ASSERT_EQ(make(kStranger, {}, 1), wire::CreateStatus::Created);
  ASSERT_EQ(make(kStranger, {}, 2), wire::CreateStatus::Created);
  const auto add = [](std::uint32_t cseq, wire::Role role = wire::Role::Member) {
    return member_row(kStranger, cseq, MemberAdd, kAda, role);
  };
  EXPECT_EQ(commit(RoomId(101), add(1)), wire::SendStatus::Accepted) << "the last one";
  EXPECT_EQ(commit(RoomId(102), add(1)), wire::SendStatus::TooManyRooms);
  EXPECT_EQ(commit(RoomId(102), add(1)), wire::SendStatus::RejectedBefore) << "the number is consumed";
  EXPECT_EQ(commit(RoomId(102), add(2)), wire::SendStatus::TooManyRooms);
  EXPECT_EQ(commit(RoomId(101), add(2, wire::Role::Moderator)), wire::SendStatus::Accepted) << "joins nothing";

  EXPECT_EQ(make(kAda, {}, 3), wire::CreateStatus::TooManyRooms);
  EXPECT_EQ(make(kOwner, {kAda}, 4), wire::CreateStatus::TooManyRooms);
  EXPECT_EQ(make(kStranger, {}, 1), wire::CreateStatus::Existed) << "made before";

  // Who accepts an invitation; and once a room was left there is place again.
  EXPECT_EQ(commit(RoomId(102), member_row(kStranger, 3, wire::EventKind::MemberInvite, kAda)),
            wire::SendStatus::Accepted);
  ports::CommitRow accept = member_row(kAda, 1, MemberAdd, kAda, wire::Role::Member);
  accept.device = {};
  accept.cseq = {};
  EXPECT_EQ(commit(RoomId(102), accept), wire::SendStatus::TooManyRooms);
  EXPECT_EQ(commit(RoomId(101), member_row(kAda, 1, wire::EventKind::MemberRemove, kAda)), wire::SendStatus::Accepted);
  EXPECT_EQ(commit(RoomId(102), accept), wire::SendStatus::Accepted);
  EXPECT_EQ(subject_->get<ports::UserLoaded>(ports::LoadUser{kAda}).rooms.size(), kTwoRooms);
}

TEST_P(StoreRooms, ARepeatedCreationFindsTheRoom) {
  const auto again = create(group({kAda}, 1, RoomId(71)));
  EXPECT_EQ(again.status, wire::CreateStatus::Existed);
  EXPECT_EQ(again.room, kRoom);
  EXPECT_FALSE(load(RoomId(71)).exists);
  EXPECT_EQ(create(group({kAda}, 2, RoomId(71))).status, wire::CreateStatus::Created);
}

TEST_P(StoreRooms, AMemberNamedTwiceJoinsOnce) {
  create(group({kAda, kOwner, kAda}, 2, RoomId(71)));
  EXPECT_EQ(load(RoomId(71)).head, Seq(2));
}

TEST_P(StoreRooms, ATakenIdAsksForAnotherAttempt) {
  EXPECT_EQ(create(group({kAda}, 2, kRoom)).status, wire::CreateStatus::Busy);
  EXPECT_EQ(load().head, Seq(3));
  EXPECT_EQ(create(group({kAda}, 2, RoomId(71))).status, wire::CreateStatus::Created);
}

TEST_P(StoreRooms, ADirectRoomIsUniqueByItsTwoUsers) {
  EXPECT_EQ(create(direct(kAda, kBob, 1, RoomId(80))).status, wire::CreateStatus::Created);
  const auto back = create(direct(kBob, kAda, 1, RoomId(81)));
  EXPECT_EQ(back.status, wire::CreateStatus::Existed);
  EXPECT_EQ(back.room, RoomId(80));
  EXPECT_EQ(create(direct(kBob, kAda, 1, RoomId(82))).room, RoomId(80));
  const auto room = load(RoomId(80));
  EXPECT_EQ(room.kind, wire::RoomKind::Direct);
  ASSERT_EQ(room.members.size(), 2u);
  EXPECT_EQ(room.members[0].role, wire::Role::Member);
  EXPECT_EQ(room.members[1].role, wire::Role::Member);
  EXPECT_EQ(create(direct(kAda, kOwner, 2, RoomId(83))).status, wire::CreateStatus::Created);
}

TEST_P(StoreRooms, ADirectRoomNeedsTwo) {
  EXPECT_EQ(create(direct(kAda, kAda, 1, RoomId(80))).status, wire::CreateStatus::Rejected);
  auto three = direct(kAda, kBob, 1, RoomId(80));
  three.members.push_back(kOwner);
  EXPECT_EQ(create(three).status, wire::CreateStatus::Rejected);
  EXPECT_FALSE(load(RoomId(80)).exists);
  EXPECT_EQ(create(direct(kAda, kBob, 1, RoomId(80))).status, wire::CreateStatus::Created);
}

TEST_P(StoreRooms, IdsOfTheUpperHalfSortAboveTheLower) {
  const UserId far{0xF000000000000001ull};
  const RoomId high{0x8000000000000005ull};
  create(group({far, kBob}, 2, high));
  const auto room = load(high);
  ASSERT_EQ(room.members.size(), 3u);
  EXPECT_EQ(room.members[2].user, far);
  const auto list = user(kBob);
  ASSERT_EQ(list.rooms.size(), 2u);
  EXPECT_EQ(list.rooms[0].info.room, kRoom);
  EXPECT_EQ(list.rooms[1].info.room, high);
  EXPECT_EQ(user(far).rooms.size(), 1u);
}

TEST_P(StoreRooms, EveryChangeOfAUsersRoomsHasANewVersion) {
  EXPECT_EQ(user(kStranger).rooms_version, 1u);
  EXPECT_EQ(user(kBob).rooms_version, 2u);
  commit({member_row(kOwner, 1, MemberRemove, kBob)});
  EXPECT_EQ(user(kBob).rooms_version, 3u);
  EXPECT_TRUE(user(kBob).rooms.empty());
  commit({member_row(kOwner, 2, MemberAdd, kBob, wire::Role::Moderator)});
  EXPECT_EQ(user(kBob).rooms_version, 4u);
  EXPECT_EQ(user(kBob).rooms.at(0).info.role, wire::Role::Moderator);
  EXPECT_EQ(user(kAda).rooms_version, 2u);
}

TEST_P(StoreRooms, AReadMarkOnlyRises) {
  const auto mark = [&](std::uint64_t seq, std::uint64_t msg_no) {
    subject_->run(ports::PutReadMarks{{{.user = kAda, .room = kRoom, .seq = Seq(seq), .msg_no = msg_no}}});
    const ports::UserRoom room = user(kAda).rooms.at(0);
    return std::pair(room.read_seq.value, room.read_msg_no);
  };
  EXPECT_EQ(mark(5, 2), std::pair(std::uint64_t{5}, std::uint64_t{2}));
  EXPECT_EQ(mark(3, 1), std::pair(std::uint64_t{5}, std::uint64_t{2}));
  EXPECT_EQ(mark(6, 3), std::pair(std::uint64_t{6}, std::uint64_t{3}));
  EXPECT_EQ(user(kBob).rooms.at(0).read_seq, Seq());
}

}  // namespace
}  // namespace starling::contract
