// Commits: idempotency, sender order, epochs, authorization.
#include <gmock/gmock.h>

#include "tests/contract/store/contract_test.h"

namespace starling::contract {
namespace {

using enum wire::EventKind;
using enum wire::SendStatus;
using testing::Each;
using testing::ElementsAre;

class StoreCommit : public StoreContract {};
STARLING_CONTRACT(StoreCommit);

constexpr std::uint64_t kFounders = 3;  // events that a room of three begins with

TEST_P(StoreCommit, AppendsInTheOrderOfTheBatch) {
  const auto done = commit({row(kAda, 1, "a"), row(kBob, 1, "b"), row(kAda, 2, "c")});
  EXPECT_TRUE(done.exists);
  EXPECT_EQ(done.prev_head, Seq(kFounders));
  EXPECT_EQ(done.head, Seq(kFounders + 3));
  ASSERT_EQ(done.results.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(done.results[i].status, Accepted);
    EXPECT_EQ(done.results[i].seq, Seq(kFounders + 1 + i));
    EXPECT_EQ(done.results[i].msg_no, i + 1);
  }
  const auto events = log();
  ASSERT_EQ(events.size(), 6u);
  EXPECT_EQ(events[5].body, "c");
  EXPECT_EQ(events[5].sender, kAda);
  EXPECT_EQ(events[5].cseq, Cseq(2));
}

TEST_P(StoreCommit, GivesTheBatchBackWhole) {
  const auto done = commit({row(kAda, 1, "kept")});
  ASSERT_EQ(done.batch.rows.size(), 1u);
  EXPECT_EQ(done.batch.rows[0].body, "kept");
  EXPECT_EQ(done.batch.room, kRoom);
}

TEST_P(StoreCommit, AClockThatIsSetBackTakesNoTimeBack) {
  auto later = batch({row(kAda, 1)});
  later.now = kNoon + std::chrono::minutes(1);
  subject_->run(later);
  EXPECT_EQ(send(row(kAda, 2)).ts, kNoon + std::chrono::minutes(1));
}

TEST_P(StoreCommit, AClockThatWasFarAheadDoesNotHoldTheRoomThere) {
  auto wrong = batch({row(kAda, 1)});
  wrong.now = kNoon + std::chrono::hours(24 * 365 * 70);
  subject_->run(wrong);
  EXPECT_EQ(send(row(kAda, 2)).ts, kNoon);
  EXPECT_EQ(load().last_ts, kNoon);
}

TEST_P(StoreCommit, ARepeatGetsTheOriginalWhateverCameAfter) {
  const auto first = send(row(kAda, 1));
  commit({row(kAda, 2), row(kBob, 1)});
  const auto again = send(row(kAda, 1));
  EXPECT_EQ(again.status, Duplicate);
  EXPECT_EQ(again.seq, first.seq);
  EXPECT_EQ(again.msg_no, first.msg_no);
  EXPECT_EQ(load().head, Seq(kFounders + 3));
}

TEST_P(StoreCommit, ARepeatInTheSameBatchIsADuplicate) {
  EXPECT_THAT(statuses({row(kAda, 1), row(kAda, 1), row(kAda, 2)}), ElementsAre(Accepted, Duplicate, Accepted));
}

TEST_P(StoreCommit, TheSameKeyWithAnotherBodyOrNameIsAConflict) {
  EXPECT_THAT(statuses({row(kAda, 1, "one"), row(kAda, 1, "other")}), ElementsAre(Accepted, Conflict));
  EXPECT_EQ(send(row(kAda, 1, "third")).status, Conflict);
  auto renamed = row(kAda, 1, "one");
  renamed.client_msg_id = ClientMsgId(5);
  EXPECT_EQ(send(renamed).status, Conflict);
  EXPECT_EQ(send(row(kAda, 1, "one")).status, Duplicate);
}

TEST_P(StoreCommit, AGapIsAnsweredWithWhatIsExpected) {
  send(row(kAda, 1));
  const auto early = send(row(kAda, 3));
  EXPECT_EQ(early.status, OutOfOrder);
  EXPECT_EQ(early.expected, Cseq(2));
  EXPECT_EQ(counter(kAda), Cseq(1));
  EXPECT_EQ(load().head, Seq(kFounders + 1));
}

TEST_P(StoreCommit, ABatchTurnedRoundLosesNothing) {
  commit({row(kAda, 1), row(kAda, 2)});
  EXPECT_THAT(statuses({row(kAda, 5), row(kAda, 4)}), Each(OutOfOrder));
  EXPECT_THAT(statuses({row(kAda, 3), row(kAda, 4), row(kAda, 5)}), Each(Accepted));
  const auto events = log();
  std::uint32_t cseq = 0;
  for (std::size_t i = kFounders; i < events.size(); ++i) EXPECT_EQ(events[i].cseq, Cseq(++cseq));
}

TEST_P(StoreCommit, ADevicesCounterIsItsOwn) {
  commit({row(kAda, 1), row(kAda, 2)});
  EXPECT_EQ(send(row(kBob, 1)).status, Accepted);
  EXPECT_EQ(counter(kAda), Cseq(2));
  EXPECT_EQ(counter(kBob), Cseq(1));
  EXPECT_EQ(counter(kStranger), Cseq(0));
}

TEST_P(StoreCommit, AnotherEpochDoesNothing) {
  for (const Epoch epoch : {Epoch(2), Epoch(0)}) {
    const auto done = commit({row(kAda, 1), row(kBob, 1)}, epoch);
    EXPECT_EQ(done.epoch, Epoch(1));
    EXPECT_EQ(done.head, done.prev_head);
    ASSERT_EQ(done.results.size(), 2u);
    EXPECT_EQ(done.results[1].status, StaleEpoch);
  }
  EXPECT_EQ(counter(kAda), Cseq(0));
}

TEST_P(StoreCommit, ARoomThatDoesNotExistConsumesNothing) {
  const auto done = subject_->get<ports::Committed>(batch({row(kAda, 1)}, Epoch(1), RoomId(404)));
  EXPECT_FALSE(done.exists);
  ASSERT_EQ(done.results.size(), 1u);
  EXPECT_EQ(done.results[0].status, NoSuchRoom);
  EXPECT_EQ(done.batch.rows.size(), 1u);
}

TEST_P(StoreCommit, AFinalRejectionConsumesItsNumber) {
  EXPECT_EQ(send(row(kStranger, 1)).status, Forbidden);
  EXPECT_EQ(counter(kStranger), Cseq(1));
  EXPECT_EQ(send(row(kStranger, 1)).status, RejectedBefore);
  EXPECT_EQ(send(row(kAda, 1, Edit, 99, "x")).status, Forbidden);  // not its own: there is no such message
  EXPECT_EQ(send(row(kAda, 2, ReactionAdd, 99, "+")).status, Rejected);
  EXPECT_EQ(send(row(kAda, 3, ReactionAdd, 1, "+")).status, Rejected);  // a membership event is no message
  EXPECT_EQ(send(row(kAda, 4, Message, 99, "reply")).status, Rejected);
  EXPECT_EQ(send(row(kAda, 2, ReactionAdd, 99, "+")).status, RejectedBefore);
  EXPECT_EQ(send(row(kAda, 5)).status, Accepted);
}

TEST_P(StoreCommit, ATargetInTheSameBatchExists) {
  EXPECT_THAT(statuses({row(kAda, 1), row(kBob, 1, ReactionAdd, kFounders + 1, "+"),
                        row(kBob, 2, Message, kFounders + 1, "re")}),
              Each(Accepted));
}

TEST_P(StoreCommit, NobodySpeaksAfterTheirRemoval) {
  EXPECT_THAT(statuses({row(kBob, 1), member_row(kOwner, 1, MemberRemove, kBob), row(kBob, 2), row(kBob, 1)}),
              ElementsAre(Accepted, Accepted, Forbidden, Duplicate));
  EXPECT_EQ(load().members.size(), 2u);
}

TEST_P(StoreCommit, WhoComesBackJoinsAnew) {
  commit({member_row(kOwner, 1, MemberRemove, kBob), member_row(kOwner, 2, MemberAdd, kBob, wire::Role::Member),
          row(kBob, 1)});
  const auto room = load();
  ASSERT_EQ(room.members.size(), 3u);
  EXPECT_EQ(room.members[2], (ports::Member{kBob, wire::Role::Member, Seq(kFounders + 2)}));
  EXPECT_EQ(room.head, Seq(kFounders + 3));
}

TEST_P(StoreCommit, ANewRoleKeepsTheJoin) {
  EXPECT_THAT(statuses({member_row(kAda, 1, MemberAdd, kBob, wire::Role::Moderator),
                        member_row(kOwner, 1, MemberAdd, kAda, wire::Role::Moderator),
                        member_row(kAda, 2, MemberAdd, UserId(8), wire::Role::Member), row(UserId(8), 1)}),
              ElementsAre(Forbidden, Accepted, Accepted, Accepted));
  EXPECT_EQ(load().members.at(1), (ports::Member{kAda, wire::Role::Moderator, Seq(2)}));
}

TEST_P(StoreCommit, OnlyTheAuthorEditsAndModeratorsDelete) {
  send(row(kAda, 1, "mine"));
  const std::uint64_t message = kFounders + 1;
  EXPECT_THAT(
      statuses({row(kBob, 1, Edit, message, "no"), row(kBob, 2, Delete, message), row(kAda, 2, Edit, message, "yes"),
                row(kOwner, 1, Edit, message, "no"), row(kOwner, 2, Delete, message)}),
      ElementsAre(Forbidden, Forbidden, Accepted, Forbidden, Accepted));
}

TEST_P(StoreCommit, ADeletionErasesTheTextAndItsEditsButNotTheFold) {
  commit({row(kAda, 1, "secret"), row(kAda, 2, Edit, kFounders + 1, "secret too"), row(kBob, 1, "other")});
  const auto before = log();
  send(row(kAda, 3, Delete, kFounders + 1));
  const auto after = log();
  EXPECT_EQ(after[3].body, "");
  EXPECT_EQ(after[3].erased_hash, wire::body_hash("secret"));
  EXPECT_EQ(after[4].body, "");
  EXPECT_EQ(after[4].erased_hash, wire::body_hash("secret too"));
  EXPECT_EQ(after[5], before[5]);
  PrefixHash then;
  PrefixHash now;
  for (std::size_t i = 0; i < before.size(); ++i) {
    then = wire::fold(then, before[i]);
    now = wire::fold(now, after[i]);
  }
  EXPECT_EQ(then, now);
  EXPECT_EQ(send(row(kAda, 1, "secret")).status, Duplicate);
  EXPECT_EQ(send(row(kAda, 1, "forged")).status, Conflict);
}

TEST_P(StoreCommit, ATitleIsTheRoomsAndItsMembersLists) {
  EXPECT_THAT(statuses({row(kAda, 1, RoomTitle, 0, "pier"), row(kOwner, 1, RoomTitle, 0, "quay")}),
              ElementsAre(Forbidden, Accepted));
  EXPECT_EQ(load().title, "quay");
  EXPECT_EQ(user(kBob).rooms.at(0).info.title, "quay");
}

TEST_P(StoreCommit, OnlyMessagesCountAsUnread) {
  const auto done = commit({row(kAda, 1), row(kBob, 1, ReactionAdd, kFounders + 1, "+"), row(kBob, 2)});
  EXPECT_EQ(done.results[1].msg_no, 1u);
  EXPECT_EQ(done.results[2].msg_no, 2u);
  EXPECT_EQ(load().msg_no, 2u);
}

TEST_P(StoreCommit, ARenumberedSendIsFoundByItsName) {
  const auto first = send(row(kAda, 1, "once"));
  auto again = row(kAda, 2, "once");
  again.client_msg_id = row(kAda, 1).client_msg_id;
  again.renumbered = true;
  const auto found = send(again);
  EXPECT_EQ(found.status, Duplicate);
  EXPECT_EQ(found.seq, first.seq);
  EXPECT_EQ(counter(kAda), Cseq(2));
  auto fresh = row(kAda, 3, "new");
  fresh.renumbered = true;
  EXPECT_EQ(send(fresh).status, Accepted);
}

TEST_P(StoreCommit, ARenumberedSendIsLookedForAmongTheNewestEventsOnly) {
  std::vector<ports::CommitRow> rows;
  for (std::uint32_t cseq = 1; cseq <= 33; ++cseq) rows.push_back(row(kAda, cseq));
  commit(rows);
  auto in_reach = row(kAda, 34);
  in_reach.client_msg_id = row(kAda, 2).client_msg_id;
  in_reach.renumbered = true;
  EXPECT_EQ(send(in_reach).status, Duplicate);
  auto beyond = row(kAda, 35);
  beyond.client_msg_id = row(kAda, 1).client_msg_id;
  beyond.renumbered = true;
  EXPECT_EQ(send(beyond).status, Accepted);
}

TEST_P(StoreCommit, AnEmptyBatchTellsTheHead) {
  const auto done = commit({});
  EXPECT_EQ(done.head, Seq(kFounders));
  EXPECT_TRUE(done.results.empty());
}

}  // namespace
}  // namespace starling::contract
