// Account operations, for every store that serves accounts; the simulator's model does not.
#include <gtest/gtest.h>

#include "tests/contract/store/subject.h"

namespace starling::contract {
namespace {

using namespace std::chrono_literals;
using namespace ports;

constexpr WallTime kNow = wall_from_ms(1'700'000'000'000);
constexpr UserId kAda{7};
constexpr DeviceId kPhone{70};

Digest digest(unsigned char n) { return {n}; }

class StoreAccounts : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    subject_ = make_subject(GetParam());
    ASSERT_EQ(create(kAda, "ada").creation, Creation::Created);
  }
  template <class Answer>
  Answer change(AccountChange request) {
    return std::get<Answer>(*subject_->get<AccountsAnswered>(ChangeAccounts{std::move(request), {}}).result);
  }
  template <class Answer>
  Answer read(AccountRead request) {
    return std::get<Answer>(*subject_->get<AccountsAnswered>(ReadAccounts{std::move(request)}).result);
  }
  static NewDevice device(UserId user, DeviceId id, unsigned char n, WallTime seen = kNow) {
    return {.device = {.device = id, .user = user, .name = "phone", .created = seen, .last_seen = seen},
            .family = {n},
            .refresh = digest(n)};
  }
  AccountCreated create(UserId user, const std::string& handle, Admission admission = Admission::Open,
                        std::optional<Digest> invite = {}) {
    return change<AccountCreated>(
        CreateAccount{.account = {.profile = {.user = user, .handle = handle, .display_name = handle}, .created = kNow},
                      .device = device(user, DeviceId(user.value * 10), static_cast<unsigned char>(user.value)),
                      .admission = admission,
                      .invite = invite});
  }
  RefreshRotated rotate(unsigned char presented, unsigned char next, WallTime now = kNow) {
    return change<RefreshRotated>(RotateRefresh{.family = {7},
                                                .presented = digest(presented),
                                                .next = digest(next),
                                                .next_sealed = std::string(1, static_cast<char>(next)),
                                                .now = now});
  }

  std::unique_ptr<Subject> subject_;
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreAccounts, testing::Values(Kind::Sqlite, Kind::Postgres, Kind::PostgresParts),
                         [](const auto& each) { return name_of(each.param); });

TEST_P(StoreAccounts, TheFirstIsAdministratorAndComesInThroughAClosedDoor) {
  EXPECT_TRUE(read<AccountFound>(FindAccount{.user = kAda}).account->admin);
  const auto second = create(UserId(8), "bob");
  EXPECT_EQ(second.creation, Creation::Created);
  EXPECT_FALSE(second.admin);
  EXPECT_EQ(create(UserId(9), "carol", Admission::Closed).creation, Creation::Closed);
  subject_ = make_subject(GetParam());
  EXPECT_TRUE(create(UserId(9), "carol", Admission::Closed).admin);
}

TEST_P(StoreAccounts, AHandleBelongsToOne) {
  EXPECT_EQ(create(UserId(8), "ada").creation, Creation::Taken);
  EXPECT_FALSE(read<AccountFound>(FindAccount{.user = UserId(8)}).account);
}

TEST_P(StoreAccounts, AnInvitationIsSpentByWhoCameInAndByNobodyElse) {
  change<InviteMade>(CreateInvite{.code = digest(1), .uses = 1, .now = kNow, .expires = kNow + 1h});
  EXPECT_EQ(create(UserId(8), "bob", Admission::Invited).creation, Creation::InviteNeeded);
  EXPECT_EQ(create(UserId(8), "bob", Admission::Invited, digest(2)).creation, Creation::InviteBad);
  EXPECT_EQ(create(UserId(8), "ada", Admission::Invited, digest(1)).creation, Creation::Taken);
  EXPECT_EQ(create(UserId(8), "bob", Admission::Invited, digest(1)).creation, Creation::Created);
  EXPECT_EQ(create(UserId(9), "carol", Admission::Invited, digest(1)).creation, Creation::InviteBad);
  change<InviteMade>(CreateInvite{.code = digest(3), .uses = 1, .now = kNow, .expires = kNow});
  EXPECT_EQ(create(UserId(9), "carol", Admission::Invited, digest(3)).creation, Creation::InviteBad);
}

TEST_P(StoreAccounts, ALinkIntoARoomIsSpentByTheMemberThatItMade) {
  const auto room = subject_
                        ->get<RoomMade>(CreateRoom{.user = kAda,
                                                   .device = kPhone,
                                                   .request_id = 1,
                                                   .proposed = RoomId(16),
                                                   .title = "quay",
                                                   .members = {},
                                                   .now = kNow})
                        .room;
  subject_->get<RoomsAnswered>(ChangeRooms{
      CreateLink{.caller = kAda, .room = room, .code = digest(1), .uses = 2, .now = kNow, .expires = kNow + 1h}});
  EXPECT_EQ(create(UserId(8), "bob", Admission::Closed, digest(1)).creation, Creation::Closed);
  EXPECT_EQ(create(UserId(8), "ada", Admission::Invited, digest(1)).creation, Creation::Taken);
  const auto bob = create(UserId(8), "bob", Admission::Invited, digest(1));
  EXPECT_EQ(bob.creation, Creation::Created);
  EXPECT_EQ(bob.room, room);
  EXPECT_EQ(bob.head, Seq(2));
  const auto carol = create(UserId(9), "carol", Admission::Open, digest(1));
  EXPECT_EQ(carol.room, room);
  EXPECT_EQ(create(UserId(10), "dave", Admission::Invited, digest(1)).creation, Creation::InviteBad);
  EXPECT_FALSE(create(UserId(10), "dave", Admission::Open, digest(1)).room);

  const auto loaded = subject_->get<RoomLoaded>(LoadRoom{room});
  EXPECT_EQ(loaded.head, carol.head);
  EXPECT_EQ(loaded.members.size(), 3u);
  EXPECT_EQ(loaded.tail.back().kind, wire::EventKind::MemberAdd);
  EXPECT_EQ(loaded.tail.back().subject, UserId(9));
  EXPECT_EQ(subject_->get<UserLoaded>(LoadUser{UserId(8)}).rooms.size(), 1u);
}

TEST_P(StoreAccounts, ATokenWhoseAnswerWasLostIsGoodUntilItsSuccessorIsUsed) {
  EXPECT_EQ(rotate(7, 8).rotation, Rotation::Rotated);
  // Within the time of repeats the same successor; later another one in its place.
  const auto repeat = rotate(7, 9, kNow + kRefreshRepeat - 1ms);
  EXPECT_EQ(repeat.rotation, Rotation::Repeated);
  EXPECT_EQ(repeat.sealed, "\x08");
  EXPECT_EQ(rotate(7, 10, kNow + kRefreshRepeat).rotation, Rotation::Rotated);
  EXPECT_EQ(rotate(10, 11, kNow + 2 * kRefreshRepeat).rotation, Rotation::Rotated);
  EXPECT_EQ(rotate(7, 12, kNow + 2 * kRefreshRepeat).rotation, Rotation::Reused);
}

TEST_P(StoreAccounts, AReusedTokenRevokesItsDeviceAndAForgedFamilyNobody) {
  EXPECT_EQ(change<RefreshRotated>(RotateRefresh{.family = {99}, .presented = digest(7), .now = kNow}).rotation,
            Rotation::Unknown);
  EXPECT_EQ(rotate(99, 8).rotation, Rotation::Reused);
  EXPECT_EQ(rotate(7, 8).rotation, Rotation::Unknown);
  const auto revoked = read<DevicesRevoked>(ListRevoked{kNow}).devices;
  ASSERT_EQ(revoked.size(), 1u);
  EXPECT_EQ(revoked[0].device, kPhone);
  EXPECT_TRUE(read<DevicesRevoked>(ListRevoked{kNow + 1ms}).devices.empty());
}

TEST_P(StoreAccounts, OneDeviceOrAllButOneIsRevoked) {
  for (const std::uint64_t n : {71, 72, 73}) {
    change<DevicesRevoked>(AddDevice{device(kAda, DeviceId(n), static_cast<unsigned char>(n)), 10});
  }
  EXPECT_EQ(change<DevicesRevoked>(RevokeDevices{.user = kAda, .device = DeviceId(72), .now = kNow}).devices.size(),
            1u);
  EXPECT_FALSE(change<DevicesRevoked>(RevokeDevices{.user = UserId(8), .device = DeviceId(71), .now = kNow}).found);
  EXPECT_EQ(
      change<DevicesRevoked>(RevokeDevices{.user = kAda, .except = DeviceId(71), .now = kNow + 1ms}).devices.size(),
      2u);
  const auto left = read<DevicesListed>(ListDevices{kAda}).devices;
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].device, DeviceId(71));
}

TEST_P(StoreAccounts, WhoIsDisabledHasNoDevicesAndGetsNone) {
  EXPECT_EQ(change<DevicesRevoked>(PutFlags{.user = kAda, .disabled = true, .now = kNow}).devices.size(), 1u);
  EXPECT_FALSE(change<DevicesRevoked>(AddDevice{device(kAda, DeviceId(71), 71), 10}).found);
  EXPECT_EQ(rotate(7, 8).rotation, Rotation::Unknown);
  EXPECT_TRUE(change<DevicesRevoked>(PutFlags{.user = kAda, .disabled = false, .now = kNow}).found);
  EXPECT_TRUE(change<DevicesRevoked>(AddDevice{device(kAda, DeviceId(71), 71), 10}).found);
}

TEST_P(StoreAccounts, APasswordIsReplacedOnlyWhileItIsTheOneExpected) {
  EXPECT_TRUE(change<DevicesRevoked>(PutPassword{.user = kAda, .hash = "one", .now = kNow}).found);
  EXPECT_FALSE(change<DevicesRevoked>(PutPassword{.user = kAda, .hash = "two", .expected = "none", .now = kNow}).found);
  EXPECT_TRUE(change<DevicesRevoked>(PutPassword{.user = kAda, .hash = "two", .expected = "one", .now = kNow}).found);
  EXPECT_EQ(read<AccountFound>(FindAccount{.handle = "ada"}).account->password_hash, "two");
}

TEST_P(StoreAccounts, CodesWorkOnce) {
  change<ChangeDone>(
      PutTotp{.user = kAda, .sealed = "seed", .on = true, .step = 5, .recovery = {digest(1), digest(2)}});
  EXPECT_FALSE(change<ChangeDone>(UseTotpStep{kAda, 5}).done);
  EXPECT_TRUE(change<ChangeDone>(UseTotpStep{kAda, 6}).done);
  EXPECT_FALSE(change<ChangeDone>(UseTotpStep{kAda, 6}).done);
  EXPECT_TRUE(change<ChangeDone>(UseRecoveryCode{kAda, digest(1)}).done);
  EXPECT_FALSE(change<ChangeDone>(UseRecoveryCode{kAda, digest(1)}).done);
  change<ChangeDone>(PutTotp{.user = kAda});
  EXPECT_FALSE(change<ChangeDone>(UseRecoveryCode{kAda, digest(2)}).done);
  EXPECT_FALSE(read<AccountFound>(FindAccount{.user = kAda}).account->totp_on);
}

TEST_P(StoreAccounts, WhatIsOldGoesAndWhatIsInUseStays) {
  change<DevicesRevoked>(AddDevice{device(kAda, DeviceId(71), 71), 10});
  change<DevicesRevoked>(RevokeDevices{.user = kAda, .device = DeviceId(71), .now = kNow});
  change<ChangeDone>(PruneAccounts{.devices_before = kNow, .invites_before = kNow, .audit_before = kNow});
  EXPECT_EQ(read<DevicesRevoked>(ListRevoked{kNow}).devices.size(), 1u);
  change<ChangeDone>(PruneAccounts{.devices_before = kNow + 1ms, .invites_before = kNow, .audit_before = kNow});
  EXPECT_TRUE(read<DevicesRevoked>(ListRevoked{kNow}).devices.empty());
  EXPECT_EQ(read<DevicesListed>(ListDevices{kAda}).devices.size(), 1u);
}

}  // namespace
}  // namespace starling::contract
