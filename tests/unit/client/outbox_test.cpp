#include "common/client/outbox.h"

#include <gtest/gtest.h>

#include "common/client/settings.h"

namespace starling::client {
namespace {

constexpr RoomId kRoom{1};
constexpr Instant kStart{std::chrono::hours(1)};

wire::Send message(std::uint32_t cseq, RoomId room = kRoom) {
  return {.room = room, .cseq = Cseq(cseq), .client_msg_id = ClientMsgId(1000 + cseq), .body = std::to_string(cseq)};
}

class OutboxTest : public ::testing::Test {
 protected:
  void add(std::uint32_t first, std::uint32_t last) {
    for (std::uint32_t cseq = first; cseq <= last; ++cseq) outbox_.add(message(cseq), 0);
  }
  std::vector<std::uint32_t> next() {
    std::vector<wire::ClientFrame> frames;
    repeats_ = outbox_.next_frames(kRoom, Epoch(1), 0, now_, frames);
    std::vector<std::uint32_t> cseqs;
    for (const auto& frame : frames) cseqs.push_back(std::get<wire::Send>(frame).cseq.value);
    return cseqs;
  }
  Outbox::Verdict result(std::uint32_t cseq, wire::SendStatus status, std::uint32_t expected = 0,
                         std::uint32_t epoch = 1, ClientMsgId id = {}) {
    return outbox_
        .on_result({.room = kRoom,
                    .cseq = Cseq(cseq),
                    .client_msg_id = id,
                    .status = status,
                    .epoch = Epoch(epoch),
                    .expected = Cseq(expected),
                    .retry_after_ms = 1000},
                   now_, rng_)
        .verdict;
  }
  static std::vector<std::uint32_t> range(std::uint32_t first, std::uint32_t last) {
    std::vector<std::uint32_t> r;
    for (; first <= last; ++first) r.push_back(first);
    return r;
  }

  Outbox outbox_;
  Rng rng_{1};
  Instant now_ = kStart;
  std::size_t repeats_ = 0;
};

using Verdict = Outbox::Verdict;
using enum wire::SendStatus;

TEST_F(OutboxTest, AtMostSixteenAreInFlightAndEachAnswerLetsTheNextGo) {
  add(1, 40);
  EXPECT_EQ(next(), range(1, 16));
  EXPECT_EQ(outbox_.in_flight(kRoom), 16u);
  EXPECT_TRUE(next().empty());
  EXPECT_EQ(result(1, Accepted), Verdict::Settled);
  EXPECT_EQ(next(), range(17, 17));
  EXPECT_EQ(repeats_, 0u);
}

TEST_F(OutboxTest, EveryFinalAnswerSettles) {
  for (const auto status : {Accepted, Duplicate, Forbidden, Rejected, RejectedBefore, NoSuchRoom}) {
    ASSERT_TRUE(wire::is_final(status));
    add(1, 1);
    next();
    EXPECT_EQ(result(1, status), Verdict::Settled);
    EXPECT_TRUE(outbox_.empty());
  }
}

TEST_F(OutboxTest, ARunBehindALostMessageIsSentAgainOnceAndInOrder) {
  add(1, 16);
  next();
  std::vector<std::uint32_t> again;
  for (std::uint32_t cseq = 2; cseq <= 16; ++cseq) {
    EXPECT_EQ(result(cseq, OutOfOrder, 1), Verdict::Retry);
    for (const auto sent : next()) again.push_back(sent);
  }
  EXPECT_EQ(again, range(1, 16));
  EXPECT_EQ(repeats_, 16u);
}

TEST_F(OutboxTest, BusyHoldsTheRoomAndThenAllGoesAgainInOrder) {
  add(1, 3);
  next();
  EXPECT_EQ(result(1, Busy), Verdict::Retry);
  EXPECT_EQ(result(2, OutOfOrder, 1), Verdict::Retry);
  EXPECT_EQ(result(3, OutOfOrder, 1), Verdict::Retry);
  EXPECT_TRUE(next().empty());
  EXPECT_GE(outbox_.deadline(), kStart + 1s);
  EXPECT_LE(outbox_.deadline(), kStart + 1500ms);
  now_ = outbox_.deadline();
  outbox_.on_time(now_);
  EXPECT_EQ(next(), range(1, 3));
}

TEST_F(OutboxTest, WithoutAnAnswerTheIdenticalFrameGoesAgain) {
  add(1, 2);
  std::vector<wire::ClientFrame> first, second;
  outbox_.next_frames(kRoom, Epoch(1), 0, now_, first);
  EXPECT_EQ(outbox_.deadline(), kStart + limits::kAnswerTimeout);
  now_ = outbox_.deadline() - 1ns;
  outbox_.on_time(now_);
  EXPECT_TRUE(next().empty());
  now_ += 1ns;
  outbox_.on_time(now_);
  outbox_.next_frames(kRoom, Epoch(1), 0, now_, second);
  EXPECT_EQ(first, second);
}

TEST_F(OutboxTest, NothingIsSentBeforeItIsStored) {
  outbox_.add(message(1), 5);
  outbox_.add(message(2), 6);
  std::vector<wire::ClientFrame> frames;
  outbox_.next_frames(kRoom, Epoch(1), 4, now_, frames);
  EXPECT_TRUE(frames.empty());
  outbox_.next_frames(kRoom, Epoch(1), 5, now_, frames);
  EXPECT_EQ(frames.size(), 1u);
}

TEST_F(OutboxTest, AStoredEntryIsNotOvertakenByAnEarlierOneThatIsNot) {
  outbox_.add(message(1), 6);
  outbox_.add(message(2), 5);
  std::vector<wire::ClientFrame> frames;
  outbox_.next_frames(kRoom, Epoch(1), 5, now_, frames);
  EXPECT_TRUE(frames.empty());
}

TEST_F(OutboxTest, AnAnswerOfAnotherEpochDoesNotSettle) {
  add(1, 1);
  next();
  EXPECT_EQ(result(1, Accepted, 0, 2), Verdict::Ignored);
  EXPECT_EQ(outbox_.size(), 1u);
}

TEST_F(OutboxTest, AnswersForWhatWasNeverSentAreIgnored) {
  add(1, 20);
  EXPECT_EQ(result(1, Accepted), Verdict::Ignored);
  next();
  EXPECT_EQ(result(20, Accepted), Verdict::Ignored);
  EXPECT_EQ(result(21, Accepted), Verdict::Ignored);
  EXPECT_EQ(outbox_.size(), 20u);
}

TEST_F(OutboxTest, ConflictKeepsTheMessage) {
  add(1, 1);
  next();
  EXPECT_EQ(result(1, Conflict), Verdict::Conflict);
  EXPECT_EQ(outbox_.size(), 1u);
}

TEST_F(OutboxTest, AfterALostConnectionAllGoesAgainInOrder) {
  add(1, 5);
  next();
  result(1, Busy);
  outbox_.connection_lost();
  EXPECT_EQ(next(), range(1, 5));
  EXPECT_EQ(repeats_, 5u);
}

TEST_F(OutboxTest, RenumberingSwallowsTheAnswersStillOnTheirWay) {
  add(5, 7);
  next();
  const auto changes = outbox_.renumber(kRoom, Cseq(2), now_);
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].from, Cseq(5));
  EXPECT_EQ(changes[0].client_msg_id, ClientMsgId(1005));
  EXPECT_TRUE(next().empty());
  // Under the old numbers; 2..4 would otherwise be taken for the messages that are called so now.
  EXPECT_EQ(result(5, StaleEpoch), Verdict::Ignored);
  EXPECT_EQ(result(3, Duplicate), Verdict::Ignored);
  EXPECT_TRUE(next().empty());
  EXPECT_EQ(result(7, StaleEpoch), Verdict::Ignored);
  EXPECT_EQ(next(), range(2, 4));
  for (const auto& entry : outbox_.entries(kRoom)) {
    EXPECT_TRUE(entry.send.renumbered);
    EXPECT_EQ(entry.send.client_msg_id.value, 1003 + entry.send.cseq.value);
  }
}

TEST_F(OutboxTest, ALateAnswerToAnotherMessageUnderTheNumberIsIgnored) {
  add(1, 2);
  next();
  // Sent once more: of the four answers two are awaited.
  now_ = outbox_.deadline();
  outbox_.on_time(now_);
  ASSERT_EQ(next(), range(1, 2));
  outbox_.renumber(kRoom, Cseq(2), now_);
  result(1, Accepted);
  result(2, Accepted);
  ASSERT_EQ(next(), range(2, 3));
  for (const auto status : {Accepted, Duplicate, Forbidden, Conflict, OutOfOrder}) {
    EXPECT_EQ(result(2, status, 1, 1, ClientMsgId(1002)), Verdict::Ignored);
  }
  EXPECT_EQ(result(2, Accepted, 0, 1, ClientMsgId(1001)), Verdict::Settled);
  EXPECT_EQ(result(3, Accepted), Verdict::Settled);  // a server that names no message
}

TEST_F(OutboxTest, AnswersThatNeverComeAreNotSwallowedForEver) {
  add(5, 5);
  next();
  outbox_.renumber(kRoom, Cseq(2), now_);
  EXPECT_TRUE(next().empty());
  now_ = outbox_.deadline();
  outbox_.on_time(now_);
  EXPECT_EQ(next(), range(2, 2));
}

TEST_F(OutboxTest, ALogThatExpectsAnOlderNumberAsksForRenumbering) {
  add(5, 5);
  next();
  EXPECT_EQ(result(5, OutOfOrder, 4), Verdict::Behind);
}

TEST_F(OutboxTest, ALogThatRefusesWhatItExpectsIsNotAskedInALoop) {
  add(1, 1);
  next();
  EXPECT_EQ(result(1, OutOfOrder, 1), Verdict::Retry);
  EXPECT_TRUE(next().empty());
}

TEST_F(OutboxTest, AFlightThatIsRefusedIsOneRefusal) {
  add(1, 16);
  for (std::uint32_t round = 0; round < limits::kRetryReserve / 2; ++round) {
    ASSERT_EQ(next(), range(1, 16));
    for (std::uint32_t cseq = 1; cseq <= 16; ++cseq) result(cseq, Busy);
    ASSERT_LT(outbox_.deadline() - now_, limits::kBudgetHold);
    now_ = outbox_.deadline();
    outbox_.on_time(now_);
  }
}

TEST_F(OutboxTest, RetriesBeyondTheBudgetWait) {
  add(1, 1);
  Duration longest{};
  for (int i = 0; i < 30; ++i) {
    ASSERT_EQ(next().size(), 1u);
    now_ += limits::kAnswerTimeout;
    const Instant answered = now_;
    outbox_.on_time(now_);
    if (next().empty()) {
      now_ = outbox_.deadline();
      outbox_.on_time(now_);
      longest = std::max(longest, now_ - answered);
    } else {
      outbox_.connection_lost();
    }
    EXPECT_EQ(i < static_cast<int>(limits::kRetryReserve), longest == Duration::zero()) << i;
  }
  EXPECT_EQ(longest, limits::kBudgetHold);
}

TEST_F(OutboxTest, RoomsDoNotWaitForEachOther) {
  add(1, 1);
  outbox_.add(message(1, RoomId(2)), 0);
  next();
  result(1, Busy);
  std::vector<wire::ClientFrame> frames;
  outbox_.next_frames(RoomId(2), Epoch(1), 0, now_, frames);
  EXPECT_EQ(frames.size(), 1u);
}

}  // namespace
}  // namespace starling::client
