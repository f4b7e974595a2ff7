// Who may do what in a room, invitations, mentions, and the items of users.
#include <gmock/gmock.h>

#include "common/wire/limits.h"
#include "tests/contract/store/contract_test.h"

namespace starling::contract {
namespace {

using enum wire::EventKind;
using enum wire::SendStatus;
using testing::ElementsAre;

class StorePeople : public StoreContract {
 protected:
  wire::Items items(UserId user, std::uint64_t after = 0) {
    return subject_->get<ports::ItemsLoaded>(ports::LoadItems{user, after}).changes;
  }
  ports::ItemStored put(UserId user, std::string value, std::uint64_t base, std::string key = "70") {
    return subject_->get<ports::ItemStored>(ports::PutItem{
        .user = user, .kind = wire::ItemKind::Draft, .key = std::move(key), .value = std::move(value), .base = base});
  }
  /// By the server, for somebody who has no counter in the room.
  static ports::CommitRow join(UserId user) {
    ports::CommitRow made = member_row(user, 0, MemberAdd, user, wire::Role::Member);
    made.device = DeviceId();
    return made;
  }
  static ports::CommitRow decline(UserId user) {
    ports::CommitRow made = join(user);
    made.kind = MemberRemove;
    made.role = wire::Role::None;
    return made;
  }
};
STARLING_CONTRACT(StorePeople);

TEST_P(StorePeople, WhoIsInvitedMayJoinOnce) {
  EXPECT_EQ(send(join(kStranger)).status, Forbidden);
  EXPECT_THAT(statuses({member_row(kAda, 1, MemberInvite, kStranger), member_row(kOwner, 1, MemberInvite, kStranger),
                        join(kStranger), row(kStranger, 1)}),
              ElementsAre(Forbidden, Accepted, Accepted, Accepted));
  EXPECT_EQ(send(join(kStranger)).status, Duplicate);
  commit({member_row(kStranger, 2, MemberRemove, kStranger)});
  EXPECT_EQ(send(join(kStranger)).status, Forbidden);
  EXPECT_EQ(counter(kStranger), Cseq(2));
}

TEST_P(StorePeople, AnInvitationIsAnItemUntilItIsAnswered) {
  commit({member_row(kOwner, 1, MemberInvite, kStranger)});
  const wire::Items invited = items(kStranger);
  ASSERT_EQ(invited.items.size(), 1u);
  EXPECT_EQ(invited.items[0].kind, wire::ItemKind::Invitation);
  EXPECT_EQ(invited.items[0].key, "70");
  EXPECT_EQ(invited.items[0].value, "1 4 harbour");
  EXPECT_EQ(send(decline(kStranger)).status, Accepted);
  EXPECT_EQ(send(decline(kStranger)).status, Duplicate);
  const wire::Items declined = items(kStranger, invited.version);
  ASSERT_EQ(declined.items.size(), 1u);
  EXPECT_EQ(declined.items[0].value, "");
  EXPECT_EQ(send(join(kStranger)).status, Forbidden);
}

TEST_P(StorePeople, AnybodyMayJoinAPublicRoomButTheBanned) {
  EXPECT_THAT(statuses({row(kAda, 1, RoomVisibility, 0, "public"), row(kOwner, 1, RoomVisibility, 0, "public"),
                        join(kStranger), member_row(kOwner, 2, MemberBan, kStranger), row(kStranger, 1),
                        join(kStranger), member_row(kOwner, 3, MemberUnban, kStranger), join(kStranger)}),
              ElementsAre(Forbidden, Accepted, Accepted, Accepted, Forbidden, Forbidden, Accepted, Accepted));
}

TEST_P(StorePeople, ABanOutlivesTheMembershipAndAModeratorCannotUndoItByAdding) {
  EXPECT_THAT(
      statuses({member_row(kOwner, 1, MemberBan, kBob), member_row(kOwner, 2, MemberAdd, kBob, wire::Role::Member),
                member_row(kOwner, 3, MemberInvite, kBob)}),
      ElementsAre(Accepted, Forbidden, Forbidden));
  EXPECT_EQ(load().members.size(), 2u);
}

TEST_P(StorePeople, TheMutedReadAndLeaveAndSayNothing) {
  commit({row(kAda, 1)});
  EXPECT_THAT(statuses({member_row(kOwner, 1, MemberMute, kBob), row(kBob, 1), row(kBob, 2, ReactionAdd, 4, "+"),
                        member_row(kOwner, 2, MemberUnmute, kBob), row(kBob, 3)}),
              ElementsAre(Accepted, Forbidden, Forbidden, Accepted, Accepted));
  EXPECT_THAT(statuses({member_row(kAda, 2, MemberMute, kBob), member_row(kOwner, 3, MemberMute, kOwner)}),
              ElementsAre(Forbidden, Forbidden));
}

TEST_P(StorePeople, WhoJoinsARoomThatHidesItsPastReadsFromTheJoinOn) {
  commit({row(kOwner, 1, RoomHistory, 0, "joined"), member_row(kOwner, 2, MemberAdd, kStranger, wire::Role::Member)});
  const auto members = load().members;
  ASSERT_EQ(members.size(), 4u);
  EXPECT_EQ(members[3].user, kStranger);
  EXPECT_EQ(members[3].visible_from, Seq(5));
  EXPECT_EQ(members[0].visible_from, Seq(1));
  EXPECT_TRUE(load().history_joined);
  // A new role changes nothing, a new membership does.
  commit({member_row(kOwner, 3, MemberAdd, kStranger, wire::Role::Moderator)});
  EXPECT_EQ(load().members[3].visible_from, Seq(5));
  commit({member_row(kOwner, 4, MemberRemove, kStranger), row(kOwner, 5, RoomHistory, 0, "all"),
          member_row(kOwner, 6, MemberAdd, kStranger, wire::Role::Member)});
  EXPECT_EQ(load().members[3].visible_from, Seq(1));
}

TEST_P(StorePeople, AThreadHangsOnAMessageThatIsInNone) {
  auto in_thread = row(kBob, 1);
  in_thread.thread = Seq(4);
  auto deeper = row(kBob, 2);
  deeper.thread = Seq(5);
  auto nowhere = row(kBob, 3);
  nowhere.thread = Seq(1);
  auto reaction = row(kBob, 4, ReactionAdd, 4, "+");
  reaction.thread = Seq(4);
  EXPECT_THAT(statuses({row(kAda, 1), in_thread, deeper, nowhere, reaction}),
              ElementsAre(Accepted, Accepted, Rejected, Rejected, Rejected));
  EXPECT_EQ(log().at(4).thread, Seq(4));
}

TEST_P(StorePeople, ModeratorsPinAndCallEverybody) {
  EXPECT_THAT(statuses({row(kAda, 1), row(kAda, 2, Pin, 4), row(kAda, 3, "<@room>"), row(kOwner, 1, Pin, 4),
                        row(kOwner, 2, "<@room> hear"), row(kOwner, 3, Unpin, 4), row(kOwner, 4, Pin, 1)}),
              ElementsAre(Accepted, Forbidden, Forbidden, Accepted, Accepted, Accepted, Rejected));
}

TEST_P(StorePeople, AMentionReachesMembersOnly) {
  commit({row(kAda, 1, "<@3> <@9> <@2> <@3>")});
  const wire::Items bobs = items(kBob);
  ASSERT_EQ(bobs.items.size(), 1u);
  EXPECT_EQ(bobs.items[0].kind, wire::ItemKind::Mention);
  EXPECT_EQ(bobs.items[0].value, "70 4 2");
  EXPECT_TRUE(items(kStranger).items.empty());
  EXPECT_TRUE(items(kAda).items.empty());
}

TEST_P(StorePeople, MentionsAreKeptInSoManySlots) {
  for (std::uint32_t i = 1; i <= ports::kMentionSlots + 5; ++i) commit({row(kAda, i, "<@3> " + std::to_string(i))});
  std::size_t kept = 0;
  std::uint64_t after = 0;
  for (bool more = true; more;) {
    const wire::Items part = items(kBob, after);
    kept += part.items.size();
    after = part.version;
    more = part.more;
  }
  EXPECT_EQ(kept, ports::kMentionSlots);
}

TEST_P(StorePeople, AnItemIsSetOnlyOverWhatItsWriterKnew) {
  const auto first = put(kAda, "one", 0);
  EXPECT_EQ(first.status, wire::PutStatus::Put);
  EXPECT_EQ(put(kAda, "one", 0).item.version, first.item.version) << "a repeat";
  const auto conflict = put(kAda, "other", 0);
  EXPECT_EQ(conflict.status, wire::PutStatus::Conflict);
  EXPECT_EQ(conflict.item.value, "one");
  EXPECT_EQ(put(kAda, "two", first.item.version).status, wire::PutStatus::Put);
  EXPECT_EQ(put(kAda, "", first.item.version + 1).status, wire::PutStatus::Put);
  EXPECT_EQ(put(kAda, "anew", 0).status, wire::PutStatus::Put) << "what was removed is absent";
  EXPECT_EQ(user(kAda).items_version, 4u);
  EXPECT_TRUE(items(kBob).items.empty());
}

TEST_P(StorePeople, ChangesAreReadInTheirOrderAndInParts) {
  const std::string long_text(wire::limits::kItemValueBytesMax, 'x');
  for (int i = 0; i < 8; ++i) put(kAda, long_text, 0, "room " + std::to_string(i));
  std::uint64_t after = 0;
  std::vector<std::string> keys;
  int parts = 0;
  for (bool more = true; more; ++parts) {
    const wire::Items part = items(kAda, after);
    EXPECT_EQ(part.prev, after);
    for (const wire::Item& item : part.items) keys.push_back(item.key);
    after = part.version;
    more = part.more;
  }
  EXPECT_GT(parts, 2);
  ASSERT_EQ(keys.size(), 8u);
  EXPECT_EQ(keys.front(), "room 0");
  EXPECT_EQ(after, 8u);
}

TEST_P(StorePeople, AVersionThatNeverWasReadsFromTheBeginning) {
  put(kAda, "one", 0);
  EXPECT_EQ(items(kAda, 7).prev, 0u);
  EXPECT_EQ(items(kAda, std::uint64_t{1} << 32).prev, 0u);
  EXPECT_EQ(items(kAda, 7).items.size(), 1u);
  EXPECT_EQ(items(kAda, 1).items.size(), 0u);
}

}  // namespace
}  // namespace starling::contract
