#include "server/runtime/mailbox.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace starling::runtime {
namespace {

bool readable(const Mailbox& mailbox) {
  pollfd waiting{.fd = mailbox.descriptor(), .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, 0) == 1;
}

TEST(Mailbox, ACompletionWakesAndIsTakenOnce) {
  Mailbox mailbox(2, 8);
  EXPECT_FALSE(readable(mailbox));
  mailbox.complete({.id = 7, .result = {}});
  EXPECT_TRUE(readable(mailbox));
  mailbox.acknowledge();
  EXPECT_FALSE(readable(mailbox));
  std::vector<ports::StoreCompletion> taken;
  mailbox.take_completions(taken);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].id, 7u);
  taken.clear();
  mailbox.take_completions(taken);
  EXPECT_TRUE(taken.empty());
}

TEST(Mailbox, AWakeAfterTheAcknowledgementIsNotLost) {
  Mailbox mailbox(1, 8);
  mailbox.wake();
  mailbox.wake();
  mailbox.acknowledge();
  mailbox.wake();
  EXPECT_TRUE(readable(mailbox));
}

TEST(Mailbox, AFullRingRefusesAndTheOthersDoNot) {
  Mailbox mailbox(2, 2);
  EXPECT_TRUE(mailbox.post(0, {}));
  EXPECT_TRUE(mailbox.post(0, {}));
  EXPECT_FALSE(mailbox.post(0, {}));
  EXPECT_TRUE(mailbox.post(1, {}));
  int taken = 0;
  EXPECT_TRUE(mailbox.take_envelopes(2, [&](ports::Envelope&&) { ++taken; }));
  EXPECT_FALSE(mailbox.take_envelopes(8, [&](ports::Envelope&&) { ++taken; }));
  EXPECT_EQ(taken, 3);
}

TEST(Mailbox, AFloodingShardLetsTheOthersThrough) {
  Mailbox mailbox(3, 4);
  std::vector<ShardId> from;
  for (int turn = 0; turn < 3; ++turn) {
    while (mailbox.post(0, {.header = {.from = ShardId(0)}, .payload = {}})) {
    }
    if (turn == 0) mailbox.post(2, {.header = {.from = ShardId(2)}, .payload = {}});
    mailbox.take_envelopes(4, [&](ports::Envelope&& envelope) { from.push_back(envelope.header.from); });
  }
  EXPECT_EQ(std::ranges::count(from, ShardId(2)), 1);
}

TEST(Mailbox, RequestsStay) {
  Mailbox mailbox(1, 2);
  EXPECT_FALSE(mailbox.drain_requested());
  mailbox.request_drain();
  EXPECT_TRUE(mailbox.drain_requested());
  EXPECT_FALSE(mailbox.stop_requested());
  mailbox.request_stop();
  EXPECT_TRUE(mailbox.drain_requested());
  EXPECT_TRUE(mailbox.stop_requested());
  EXPECT_TRUE(readable(mailbox));
}

TEST(Mailbox, AnswersAndInputsWakeAndAreTakenOnce) {
  Mailbox mailbox(1, 2);
  mailbox.answer({.conn = {3, 1}, .status = 200});
  EXPECT_TRUE(readable(mailbox));
  mailbox.acknowledge();
  mailbox.tell(core::DeviceRevoked{DeviceId(7)});
  EXPECT_TRUE(readable(mailbox));
  std::vector<ports::ApiResponse> answers;
  mailbox.take_answers(answers);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].conn, (ConnId{3, 1}));
  std::vector<core::Input> told;
  mailbox.take_told(told);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(std::get<core::DeviceRevoked>(told[0]).device, DeviceId(7));
  answers.clear();
  told.clear();
  mailbox.take_answers(answers);
  mailbox.take_told(told);
  EXPECT_TRUE(answers.empty() && told.empty());
}

TEST(Mailbox, NoCompletionOfAnotherThreadIsMissed) {
  constexpr std::uint64_t kCount = 20'000;
  Mailbox mailbox(1, 2);
  std::thread store([&] {
    for (std::uint64_t i = 0; i < kCount; ++i) mailbox.complete({.id = i, .result = {}});
  });
  std::uint64_t seen = 0;
  bool in_order = true;
  std::vector<ports::StoreCompletion> taken;
  while (seen < kCount) {
    pollfd waiting{.fd = mailbox.descriptor(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&waiting, 1, 20'000), 1) << "nothing woke after " << seen;
    mailbox.acknowledge();
    mailbox.take_completions(taken);
    for (const auto& completion : taken) in_order = in_order && completion.id == seen++;
    taken.clear();
  }
  store.join();
  EXPECT_TRUE(in_order);
}

}  // namespace
}  // namespace starling::runtime
