// Reads: pages, loads, checkpoints, what retention has cut.
#include <gmock/gmock.h>

#include "tests/contract/store/contract_test.h"

namespace starling::contract {
namespace {

using enum wire::EventKind;
using testing::ElementsAre;

/// A log of 3 founders and 7 messages.
class StoreRead : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    std::vector<ports::CommitRow> rows;
    for (std::uint32_t cseq = 1; cseq <= 7; ++cseq) rows.push_back(row(kAda, cseq, std::string(100, 'a')));
    commit(rows);
  }

  static std::vector<std::uint64_t> seqs(const std::vector<wire::Event>& events) {
    std::vector<std::uint64_t> found;
    for (const wire::Event& event : events) found.push_back(event.seq.value);
    return found;
  }
  PrefixHash fold_to(std::uint64_t seq) {
    PrefixHash hash;
    for (const wire::Event& event : log()) {
      if (event.seq.value <= seq) hash = wire::fold(hash, event);
    }
    return hash;
  }
};
STARLING_CONTRACT(StoreRead);

TEST_P(StoreRead, APageIsAscendingEitherWay) {
  EXPECT_THAT(seqs(page({.from = Seq(4), .limit = 3}).events), ElementsAre(5, 6, 7));
  EXPECT_THAT(seqs(page({.from = Seq(4), .backward = true, .limit = 2}).events), ElementsAre(2, 3));
  EXPECT_THAT(seqs(page({.backward = true, .limit = 2}).events), ElementsAre(9, 10));
  EXPECT_THAT(seqs(page({.from = Seq(50), .backward = true, .limit = 1}).events), ElementsAre(10));
}

TEST_P(StoreRead, APageKnowsTheFoldBeforeIt) {
  for (const std::uint64_t from : {0, 1, 5, 9}) {
    EXPECT_EQ(page({.from = Seq(from), .limit = 2}).hash_before, fold_to(from));
  }
  EXPECT_EQ(page({.backward = true, .limit = 3}).hash_before, fold_to(7));
  EXPECT_EQ(page({.from = Seq(10)}).hash_before, fold_to(10));
  EXPECT_EQ(page({.from = Seq(99)}).hash_before, fold_to(10));
  EXPECT_EQ(page({.from = Seq(1), .backward = true}).hash_before, PrefixHash());
}

TEST_P(StoreRead, APageKeepsToItsBytesButIsNeverEmpty) {
  EXPECT_EQ(page({.from = Seq(3), .bytes_max = 350}).events.size(), 2u);
  EXPECT_EQ(page({.from = Seq(3), .bytes_max = 1}).events.size(), 1u);
  EXPECT_THAT(seqs(page({.backward = true, .bytes_max = 350}).events), ElementsAre(9, 10));
}

TEST_P(StoreRead, APageBringsWhatLaterRefersToIt) {
  commit({row(kBob, 1, ReactionAdd, 5, "+"), row(kBob, 2, ReactionAdd, 9, "+"), row(kAda, 8, Edit, 5, "new"),
          row(kBob, 3, Message, 5, "re")});
  const auto found = page({.from = Seq(4), .limit = 2, .related = true});
  EXPECT_THAT(seqs(found.events), ElementsAre(5, 6));
  EXPECT_THAT(seqs(found.related), ElementsAre(11, 13));
  EXPECT_TRUE(page({.from = Seq(4), .limit = 2}).related.empty());
  EXPECT_THAT(seqs(page({.from = Seq(4), .limit = 8, .related = true}).related), ElementsAre(13));
}

TEST_P(StoreRead, WhatRefersToAPageKeepsToItsBytesAndSaysUpToWhere) {
  std::vector<ports::CommitRow> rows;
  for (std::uint32_t cseq = 1; cseq <= 6; ++cseq) rows.push_back(row(kBob, cseq, ReactionAdd, cseq == 4 ? 9 : 5, "+"));
  commit(rows);
  // 65 bytes each; the page's own event has a budget of its own.
  const auto some = page({.from = Seq(4), .limit = 1, .bytes_max = 3 * 65, .related = true});
  EXPECT_THAT(seqs(some.related), ElementsAre(11, 12, 13));
  EXPECT_EQ(some.related_to, Seq(14)) << "the one of another event is not missing";
  const auto one = page({.from = Seq(4), .limit = 1, .bytes_max = 1, .related = true});
  EXPECT_THAT(seqs(one.related), ElementsAre(11));
  EXPECT_EQ(one.related_to, Seq(11));
  const auto all = page({.from = Seq(4), .limit = 1, .bytes_max = 5 * 65, .related = true});
  EXPECT_THAT(seqs(all.related), ElementsAre(11, 12, 13, 15, 16));
  EXPECT_EQ(all.related_to, Seq(16));
}

TEST_P(StoreRead, APageWithAFloorTellsOfEverythingUpToIt) {
  EXPECT_THAT(seqs(page({.backward = true, .limit = 2, .floor = {Epoch(1), Seq(10)}}).events), ElementsAre(9, 10));
  for (std::uint64_t seq = 11; seq <= 20; ++seq) {
    send(row(kBob, static_cast<std::uint32_t>(seq - 10), ReactionAdd, 9, "+"));
    const auto newest = page({.from = Seq(seq - 1), .floor = {Epoch(1), Seq(seq)}});
    EXPECT_THAT(seqs(newest.events), ElementsAre(seq));
    EXPECT_EQ(newest.hash_before, fold_to(seq - 1));
    const auto old = page({.from = Seq(8), .limit = 1, .related = true, .floor = {Epoch(1), Seq(seq)}});
    EXPECT_EQ(old.related.size(), seq - 10);
    EXPECT_GE(old.head, Seq(seq));
  }
}

TEST_P(StoreRead, AFloorOfANewEpochIsNotReachedInTheOldOne) {
  subject_->pass(std::chrono::seconds(10));
  subject_->run(ports::RaiseEpoch{.room = kRoom, .expected = Epoch(1), .to = Epoch(5)});
  EXPECT_EQ(page({.floor = {Epoch(5), Seq(10)}}).epoch, Epoch(5));
}

TEST_P(StoreRead, ADeletionUpToTheFloorHasErasedItsText) {
  subject_->pass(std::chrono::seconds(10));
  send(row(kAda, 8, Delete, 5));
  const auto found = page({.from = Seq(4), .limit = 1, .floor = {Epoch(1), Seq(11)}});
  EXPECT_TRUE(found.events.at(0).body.empty());
}

TEST_P(StoreRead, ARoomThatDoesNotExistSaysSo) {
  EXPECT_FALSE(subject_->get<ports::PageRead>(ports::ReadPage{.room = RoomId(404), .limit = 1, .bytes_max = 1}).exists);
  EXPECT_FALSE(load(RoomId(404)).exists);
  EXPECT_EQ(subject_->get<ports::DeviceRead>(ports::ReadDevice{RoomId(404), DeviceId(1)}).last_cseq, Cseq());
}

TEST_P(StoreRead, ALoadedRoomIsItsCheckpointAndTheTail) {
  auto room = load();
  EXPECT_EQ(room.head, Seq(10));
  EXPECT_EQ(room.title, "harbour");
  EXPECT_EQ(room.checkpoint_seq, Seq());
  EXPECT_EQ(room.tail.size(), 10u);
  subject_->run(ports::PutCheckpoint{.room = kRoom, .epoch = Epoch(1), .seq = Seq(8), .hash = fold_to(8)});
  room = load();
  EXPECT_EQ(room.checkpoint_seq, Seq(8));
  EXPECT_EQ(room.checkpoint_hash, fold_to(8));
  EXPECT_THAT(seqs(room.tail), ElementsAre(9, 10));
  EXPECT_EQ(page({.from = Seq(9), .limit = 1}).hash_before, fold_to(9));
  EXPECT_EQ(page({.from = Seq(5), .limit = 1}).hash_before, fold_to(5));
}

TEST_P(StoreRead, ACheckpointOfAnotherLogChangesNothing) {
  subject_->run(ports::PutCheckpoint{.room = kRoom, .epoch = Epoch(2), .seq = Seq(8), .hash = PrefixHash(1)});
  subject_->run(ports::PutCheckpoint{.room = kRoom, .epoch = Epoch(1), .seq = Seq(11), .hash = PrefixHash(1)});
  subject_->run(ports::PutCheckpoint{.room = RoomId(404), .epoch = Epoch(1), .seq = Seq(1), .hash = PrefixHash(1)});
  EXPECT_EQ(load().checkpoint_seq, Seq());
  subject_->run(ports::PutCheckpoint{.room = kRoom, .epoch = Epoch(1), .seq = Seq(8), .hash = fold_to(8)});
  subject_->run(ports::PutCheckpoint{.room = kRoom, .epoch = Epoch(1), .seq = Seq(4), .hash = fold_to(4)});
  EXPECT_EQ(load().checkpoint_seq, Seq(8));
}

TEST_P(StoreRead, ARaisedEpochKeepsTheLogAndRefusesTheOldOne) {
  EXPECT_EQ(
      subject_->get<ports::EpochRaised>(ports::RaiseEpoch{.room = kRoom, .expected = Epoch(1), .to = Epoch(16)}).epoch,
      Epoch(16));
  EXPECT_EQ(
      subject_->get<ports::EpochRaised>(ports::RaiseEpoch{.room = kRoom, .expected = Epoch(1), .to = Epoch(16)}).epoch,
      Epoch(16));
  EXPECT_EQ(
      subject_->get<ports::EpochRaised>(ports::RaiseEpoch{.room = RoomId(404), .expected = Epoch(1), .to = Epoch(16)})
          .epoch,
      Epoch());
  EXPECT_EQ(send(row(kAda, 8)).status, wire::SendStatus::StaleEpoch);
  EXPECT_EQ(commit({row(kAda, 8)}, Epoch(16)).results.at(0).status, wire::SendStatus::Accepted);
  const auto events = log();
  EXPECT_EQ(events[9].epoch, Epoch(1));
  EXPECT_EQ(events[10].epoch, Epoch(16));
}

TEST_P(StoreRead, ACutLogBeginsLaterAndStillJoins) {
  const PrefixHash before = fold_to(5);
  const PrefixHash at_eight = fold_to(8);
  subject_->cut(kRoom, Seq(6));
  const auto found = page({.limit = 2});
  EXPECT_EQ(found.min_seq, Seq(6));
  EXPECT_THAT(seqs(found.events), ElementsAre(6, 7));
  EXPECT_EQ(found.hash_before, before);
  EXPECT_THAT(seqs(page({.from = Seq(7), .backward = true}).events), ElementsAre(6));
  EXPECT_TRUE(page({.from = Seq(3), .backward = true}).events.empty());
  EXPECT_EQ(page({.from = Seq(8), .limit = 1}).hash_before, at_eight);
  EXPECT_EQ(load().tail.size(), 5u);
}

TEST_P(StoreRead, WhatRetentionCutIsNeverTakenForNew) {
  subject_->cut(kRoom, Seq(6));
  EXPECT_EQ(send(row(kAda, 1, std::string(100, 'a'))).status, wire::SendStatus::RejectedBefore);
  EXPECT_EQ(send(row(kAda, 7, std::string(100, 'a'))).status, wire::SendStatus::Duplicate);
  EXPECT_EQ(send(row(kBob, 1, ReactionAdd, 5, "+")).status, wire::SendStatus::Rejected);
}

}  // namespace
}  // namespace starling::contract
