// Rooms beside their logs: who may see what, lists in pages, links, and where in a log a moment is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/room_commit.h"
#include "server/store/sqlite/room_create.h"
#include "server/store/sqlite/room_links.h"
#include "server/store/sqlite/room_reader.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr RoomId kRoom{7};
constexpr UserId kOwner{1};
constexpr UserId kMember{2};
constexpr UserId kStranger{0xFFFFFFFF00000009ull};
constexpr WallTime kNoon = wall_from_ms(1'700'000'000'000);

class Rooms : public testing::Test {
 protected:
  Rooms() : connection_(open()), create_(connection_), commit_(connection_), links_(connection_), reader_(connection_) {
    create_.run({.user = kOwner,
                 .device = DeviceId(10),
                 .request_id = 1,
                 .proposed = kRoom,
                 .title = "harbour",
                 .members = {kMember},
                 .now = kNoon});
  }
  Connection::Options open() {
    EXPECT_TRUE(migrate(database_.path()).has_value());
    return {.path = database_.path()};
  }
  wire::SendStatus send(UserId user, wire::EventKind kind, std::string body = {}, UserId subject = {}, Seq target = {},
                        WallTime now = kNoon) {
    ports::CommitBatch batch{.room = kRoom, .epoch = Epoch(1), .now = now, .rows = {}};
    batch.rows.push_back({.user = user,
                          .device = DeviceId(user.value * 10),
                          .cseq = Cseq(++cseqs_[user]),
                          .client_msg_id = ClientMsgId(user.value * 1000 + cseqs_[user]),
                          .kind = kind,
                          .target = target,
                          .subject = subject,
                          .role = kind == wire::EventKind::MemberAdd ? wire::Role::Member : wire::Role::None,
                          .body_hash = wire::body_hash(body),
                          .body = body});
    return commit_.run(batch).results.at(0).status;
  }
  template <class Answer, class Request>
  Answer ask(Request request) {
    const ports::RoomResult result = reader_.read(request);
    EXPECT_TRUE(std::holds_alternative<Answer>(result)) << result.index();
    const auto* answer = std::get_if<Answer>(&result);
    return answer != nullptr ? *answer : Answer{};
  }
  template <class Answer, class Request>
  Answer change(Request request) {
    const ports::RoomResult result = links_.change(request);
    EXPECT_TRUE(std::holds_alternative<Answer>(result)) << result.index();
    const auto* answer = std::get_if<Answer>(&result);
    return answer != nullptr ? *answer : Answer{};
  }
  static ports::Digest code(unsigned char c) {
    ports::Digest digest{};
    digest.fill(c);
    return digest;
  }

  TempDatabase database_;
  Connection connection_;
  RoomCreate create_;
  RoomCommit commit_;
  RoomLinks links_;
  RoomReader reader_;
  std::map<UserId, std::uint32_t> cseqs_;
};

TEST_F(Rooms, APrivateRoomIsNotThereForStrangers) {
  EXPECT_FALSE(ask<ports::RoomDenied>(ports::FindRoom{kStranger, kRoom}).exists);
  EXPECT_FALSE(ask<ports::RoomDenied>(ports::ListMembers{.caller = kStranger, .room = kRoom, .limit = 10}).exists);
  EXPECT_FALSE(ask<ports::RoomDenied>(ports::FindRoom{kOwner, RoomId(404)}).exists);
  const auto found = ask<ports::RoomFound>(ports::FindRoom{kMember, kRoom});
  EXPECT_EQ(found.card.title, "harbour");
  EXPECT_EQ(found.card.members, 2u);
  EXPECT_EQ(found.caller.role, wire::Role::Member);
}

TEST_F(Rooms, APublicOneIsSeenListedAndFoundByAPartOfItsTitle) {
  EXPECT_THAT(ask<ports::RoomsListed>(ports::ListPublicRooms{.limit = 10}).rooms, IsEmpty());
  send(kOwner, wire::EventKind::RoomVisibility, "public");
  send(kOwner, wire::EventKind::RoomTopic, "ships");
  EXPECT_EQ(ask<ports::RoomFound>(ports::FindRoom{kStranger, kRoom}).card.topic, "ships");
  EXPECT_EQ(ask<ports::RoomsListed>(ports::ListPublicRooms{.query = "ARBO", .limit = 10}).rooms.size(), 1u);
  EXPECT_THAT(ask<ports::RoomsListed>(ports::ListPublicRooms{.query = "%x", .limit = 10}).rooms, IsEmpty());
  EXPECT_TRUE(ask<ports::RoomDenied>(ports::ListMembers{.caller = kStranger, .room = kRoom, .limit = 10}).exists);
  send(kOwner, wire::EventKind::MemberBan, "", kStranger);
  EXPECT_FALSE(ask<ports::RoomDenied>(ports::FindRoom{kStranger, kRoom}).exists);
}

TEST_F(Rooms, ListsComeInPagesWithoutAGap) {
  for (std::uint64_t i = 0; i < 5; ++i) {
    const RoomId room(100 + i);
    create_.run(
        {.user = kOwner, .device = DeviceId(10), .request_id = 50 + i, .proposed = room, .title = "b", .now = kNoon});
    Statement(connection_, "UPDATE rooms SET is_public = 1 WHERE room_id = ?").run(room);
  }
  std::vector<std::uint64_t> seen;
  RoomId after;
  for (bool more = true; more;) {
    const auto page = ask<ports::RoomsListed>(ports::ListPublicRooms{.after = after, .limit = 2});
    for (const auto& card : page.rooms) seen.push_back(card.room.value);
    after = page.rooms.back().room;
    more = page.more;
  }
  EXPECT_THAT(seen, ElementsAre(100, 101, 102, 103, 104));

  for (std::uint64_t i = 0; i < 4; ++i) send(kOwner, wire::EventKind::MemberAdd, "", UserId(20 + i));
  send(kOwner, wire::EventKind::MemberAdd, "", kStranger);
  seen.clear();
  UserId user;
  for (bool more = true; more;) {
    const auto page =
        ask<ports::MembersListed>(ports::ListMembers{.caller = kMember, .room = kRoom, .after = user, .limit = 3});
    for (const auto& member : page.members) seen.push_back(member.profile.user.value);
    user = page.members.back().profile.user;
    more = page.more;
  }
  EXPECT_THAT(seen, ElementsAre(kStranger.value, 1, 2, 20, 21, 22, 23));
  EXPECT_EQ(ask<ports::RoomFound>(ports::FindRoom{kMember, kRoom}).card.members, 7u);
}

TEST_F(Rooms, PinsAndBansAreListed) {
  send(kMember, wire::EventKind::Message, "a");
  send(kMember, wire::EventKind::Message, "b");
  send(kOwner, wire::EventKind::Pin, "", {}, Seq(3));
  send(kOwner, wire::EventKind::Pin, "", {}, Seq(4));
  EXPECT_THAT(ask<ports::RoomFound>(ports::FindRoom{kMember, kRoom}).pins, ElementsAre(Seq(4), Seq(3)));
  send(kMember, wire::EventKind::Delete, "", {}, Seq(4));
  EXPECT_THAT(ask<ports::RoomFound>(ports::FindRoom{kMember, kRoom}).pins, ElementsAre(Seq(3)));
  send(kOwner, wire::EventKind::MemberBan, "", kStranger);
  const ports::ListMembers banned{.caller = kOwner, .room = kRoom, .limit = 10, .banned = true};
  EXPECT_EQ(ask<ports::MembersListed>(banned).members.at(0).profile.user, kStranger);
  EXPECT_TRUE(
      ask<ports::RoomDenied>(ports::ListMembers{.caller = kMember, .room = kRoom, .limit = 1, .banned = true}).exists);
}

TEST_F(Rooms, AMomentIsFoundAndNeverBeforeWhatTheCallerMayRead) {
  for (int i = 0; i < 20; ++i) {
    send(kMember, wire::EventKind::Message, "m", {}, {}, kNoon + std::chrono::minutes(i));
  }
  const auto seq_at = [&](UserId caller, int minutes) {
    return ask<ports::SeqFound>(ports::FindSeq{caller, kRoom, kNoon + std::chrono::minutes(minutes)}).seq.value;
  };
  EXPECT_EQ(seq_at(kMember, 5), 8u);
  EXPECT_EQ(seq_at(kMember, -60), 1u);
  EXPECT_EQ(seq_at(kMember, 60), 23u);
  send(kOwner, wire::EventKind::RoomHistory, "joined", {}, {}, kNoon + std::chrono::minutes(20));
  send(kOwner, wire::EventKind::MemberAdd, "", UserId(30), {}, kNoon + std::chrono::minutes(20));
  EXPECT_EQ(seq_at(UserId(30), 5), 24u);
  EXPECT_FALSE(ask<ports::RoomDenied>(ports::FindSeq{kStranger, kRoom, kNoon}).exists);
}

TEST_F(Rooms, ALinkInvitesSoManyAndNotTheBanned) {
  EXPECT_TRUE(change<ports::RoomDenied>(ports::CreateLink{.caller = kMember, .room = kRoom}).exists);
  const auto link = change<ports::LinkMade>(ports::CreateLink{.caller = kOwner,
                                                              .room = kRoom,
                                                              .code = code(1),
                                                              .uses = 1,
                                                              .now = kNoon,
                                                              .expires = kNoon + std::chrono::hours(1)});
  EXPECT_TRUE(link.link);
  const auto use = [&](UserId user, unsigned char c, WallTime now = kNoon) {
    return change<ports::LinkUsed>(ports::UseLink{.caller = user, .code = code(c), .now = now}).use;
  };
  EXPECT_EQ(use(kStranger, 2), ports::LinkUse::Unknown);
  EXPECT_EQ(use(kStranger, 1, kNoon + std::chrono::hours(2)), ports::LinkUse::Unknown) << "expired";
  EXPECT_EQ(use(kMember, 1), ports::LinkUse::Member);
  send(kOwner, wire::EventKind::MemberBan, "", UserId(66));
  EXPECT_EQ(use(UserId(66), 1), ports::LinkUse::Banned);
  EXPECT_EQ(use(kStranger, 1), ports::LinkUse::Invited);
  EXPECT_EQ(ask<ports::RoomFound>(ports::FindRoom{kStranger, kRoom}).caller.invited, true);
  EXPECT_EQ(use(UserId(55), 1), ports::LinkUse::Unknown) << "spent";
  EXPECT_THAT(ask<ports::LinksListed>(ports::ListLinks{kOwner, kRoom, kNoon}).links, IsEmpty());
}

TEST_F(Rooms, ARevokedLinkIsGone) {
  const auto link = change<ports::LinkMade>(ports::CreateLink{.caller = kOwner,
                                                              .room = kRoom,
                                                              .code = code(1),
                                                              .uses = 5,
                                                              .now = kNoon,
                                                              .expires = kNoon + std::chrono::hours(1)});
  EXPECT_EQ(ask<ports::LinksListed>(ports::ListLinks{kOwner, kRoom, kNoon}).links.at(0).uses_left, 5u);
  EXPECT_TRUE(change<ports::RoomDenied>(ports::RevokeLink{kMember, kRoom, link.link}).exists);
  EXPECT_TRUE(change<ports::LinkRevoked>(ports::RevokeLink{kOwner, kRoom, link.link}).found);
  EXPECT_FALSE(change<ports::LinkRevoked>(ports::RevokeLink{kOwner, kRoom, link.link}).found);
  EXPECT_EQ(change<ports::LinkUsed>(ports::UseLink{.caller = kStranger, .code = code(1), .now = kNoon}).use,
            ports::LinkUse::Unknown);
}

TEST_F(Rooms, NobodySpeaksAcrossABlockInADirectRoom) {
  const RoomId direct(9);
  create_.run({.user = kOwner,
               .device = DeviceId(10),
               .request_id = 2,
               .proposed = direct,
               .kind = wire::RoomKind::Direct,
               .members = {kMember},
               .now = kNoon});
  const auto say = [&](UserId user, std::uint32_t cseq) {
    ports::CommitBatch batch{.room = direct, .epoch = Epoch(1), .now = kNoon, .rows = {}};
    batch.rows.push_back({.user = user,
                          .device = DeviceId(user.value * 10),
                          .cseq = Cseq(cseq),
                          .client_msg_id = ClientMsgId(cseq),
                          .body_hash = wire::body_hash("hi"),
                          .body = "hi"});
    return commit_.run(batch).results.at(0).status;
  };
  EXPECT_EQ(say(kOwner, 1), wire::SendStatus::Accepted);
  Statement(connection_, "INSERT INTO blocks (user_id, blocked) VALUES (?, ?)").run(kMember, kOwner);
  EXPECT_EQ(say(kOwner, 2), wire::SendStatus::Forbidden);
  EXPECT_EQ(say(kMember, 1), wire::SendStatus::Forbidden);
  connection_.exec("DELETE FROM blocks");
  EXPECT_EQ(say(kOwner, 3), wire::SendStatus::Accepted);
}

}  // namespace
}  // namespace starling::store
