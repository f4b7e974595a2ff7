// Acknowledged means durable, and pending means sent once, whoever dies when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scripted/story.h"

namespace starling::sim {
namespace {

using ::testing::ElementsAre;

struct TwoPeople {
  explicit TwoPeople(Options options = Story::calm()) : story(std::move(options)) { story.everybody_connects(); }

  Story story;
  Person& alice = story.person("alice");
  Person& bob = story.person("bob");
  RoomId room = story.room_of({&alice, &bob});
};

TEST(Crash, AKilledServerForgetsNothingThatItAcknowledged) {
  TwoPeople t;
  t.alice.says(t.room, "one");
  t.story.passes(1s);
  ASSERT_FALSE(t.alice.has_pending());
  t.story.server_restarts();
  t.alice.says(t.room, "two");
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("one", "two"));
}

TEST(Crash, ASendWhoseAnswerDiedWithTheServerIsInTheLogOnce) {
  // The server dies at every moment of the message's way.
  for (Duration after = 0ms; after < 120ms; after += 3ms) {
    TwoPeople t;
    t.alice.says(t.room, "once");
    t.story.passes(after);
    t.story.server_restarts();
    ASSERT_TRUE(t.story.ends_well()) << after / 1ms << " ms";
    ASSERT_THAT(t.bob.sees(t.room), ElementsAre("once")) << after / 1ms << " ms";
  }
}

TEST(Crash, PowerFailureForgetsNothingThatWasAcknowledged) {
  for (Duration after = 0ms; after < 120ms; after += 3ms) {
    TwoPeople t;
    t.alice.says(t.room, "once");
    t.story.passes(after);
    const bool acknowledged = !t.alice.has_pending();
    t.story.power_fails();
    const std::size_t durable = t.story.log_of(t.room).size();
    ASSERT_TRUE(!acknowledged || durable == 1) << after / 1ms << " ms";
    t.story.passes(1s);
    t.story.server_starts();
    ASSERT_TRUE(t.story.ends_well()) << after / 1ms << " ms";
    ASSERT_THAT(t.bob.sees(t.room), ElementsAre("once")) << after / 1ms << " ms";
  }
}

TEST(Crash, AnApplicationThatDiesBeforeStoringTheMessageNeverSentIt) {
  TwoPeople t;
  t.alice.dies_at(CrashStep::BeforePut);
  t.alice.says(t.room, "never shown as pending");
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_TRUE(t.bob.sees(t.room).empty());
}

class CrashSteps : public ::testing::TestWithParam<CrashStep> {};

TEST_P(CrashSteps, AStoredMessageIsSentExactlyOnce) {
  TwoPeople t;
  t.bob.says(t.room, "hello");
  t.story.passes(1s);
  t.alice.dies_at(GetParam());
  t.alice.says(t.room, "once");
  t.story.passes(1s);
  t.bob.says(t.room, "and on");
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_EQ(t.alice.sees(t.room), t.bob.sees(t.room));
  EXPECT_EQ(std::ranges::count(t.bob.sees(t.room), "once"), 1);
}

INSTANTIATE_TEST_SUITE_P(EachStep, CrashSteps,
                         ::testing::Values(CrashStep::AfterPut, CrashStep::AfterSend, CrashStep::AfterAck,
                                           CrashStep::AfterApply, CrashStep::AfterStored),
                         [](const auto& step) { return "Step" + std::to_string(static_cast<int>(step.param)); });

TEST(Crash, ALostStoreReplyIsNeitherALossNorADouble) {
  TwoPeople t;
  t.story.store_loses_every_reply_for(2s);
  for (const char* text : {"one", "two", "three"}) t.alice.says(t.room, text);
  t.story.passes(1s);
  EXPECT_TRUE(t.alice.has_pending());
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("one", "two", "three"));
}

TEST(Crash, AFullDiskRefusesNothingForGood) {
  TwoPeople t;
  t.story.disk_is_full_for(3s);
  t.alice.says(t.room, "when there is space");
  t.story.passes(2s);
  EXPECT_TRUE(t.alice.has_pending());
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("when there is space"));
}

TEST(Crash, AServerThatKeepsTooMuchIsKilledAndLosesNothing) {
  Options options = Story::calm();
  options.schedule = users::parse_faults("@3s oom n1 4KB 20s").value();
  TwoPeople t(std::move(options));
  const std::uint64_t boot = t.story.world().node().boot();
  t.bob.reads_nothing_for(10s);
  for (int i = 0; i < 8; ++i) t.alice.says(t.room, std::string(1000, 'x'));
  t.story.passes(3s);
  EXPECT_GT(t.story.world().node().boot(), boot);
  EXPECT_EQ(t.story.world().context().tally(users::FaultKind::Oom).effective, 1u);
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_EQ(t.bob.sees(t.room).size(), 8u);
}

}  // namespace
}  // namespace starling::sim
