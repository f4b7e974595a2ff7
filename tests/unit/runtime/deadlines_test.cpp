#include "server/runtime/deadlines.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace starling::runtime {
namespace {

class DeadlinesTest : public testing::Test {
 protected:
  using Fired = std::vector<std::pair<std::uint32_t, Overdue>>;

  Fired run_until(Duration t) {
    Fired fired;
    for (; now_ <= t; now_ += Deadlines::kTick) {
      deadlines_.set_now(Instant(now_));
      deadlines_.expire([&](Connection& c, Overdue overdue) { fired.emplace_back(c.id.index, overdue); });
      if (!fired.empty()) return fired;
    }
    return fired;
  }
  Connection& opened(Phase phase = Phase::Open) {
    Connection& c = table_.open(1000);
    deadlines_.enter(c, Phase::Upgrading);
    deadlines_.enter(c, phase);
    return c;
  }

  ConnectionTable table_;
  Timeouts timeouts_;
  Deadlines deadlines_{table_, timeouts_, Instant(0s)};
  Duration now_{};
};

TEST_F(DeadlinesTest, AnAnswerHasATimeOfItsOwnFromTheWholeRequestOn) {
  opened(Phase::Answering);
  EXPECT_TRUE(run_until(timeouts_.answer - 1s).empty());
  const Fired fired = run_until(timeouts_.answer + 1s);
  ASSERT_EQ(fired.size(), 1u);
  EXPECT_EQ(fired[0].second, Overdue::Answer);
}

TEST_F(DeadlinesTest, APhaseEndsAtItsLimitAndNotBefore) {
  opened(Phase::Upgrading);
  EXPECT_TRUE(run_until(9900ms).empty());
  EXPECT_EQ(run_until(10s), (Fired{{0, Overdue::Upgrade}}));
}

TEST_F(DeadlinesTest, HelloAndTheCloseHandshakeHaveTheirOwnLimits) {
  opened(Phase::Greeting);
  EXPECT_TRUE(run_until(4900ms).empty());
  EXPECT_EQ(run_until(5s), (Fired{{0, Overdue::Hello}}));
  deadlines_.enter(table_.at(0), Phase::Closing);
  EXPECT_TRUE(run_until(7900ms).empty());
  EXPECT_EQ(run_until(8s), (Fired{{0, Overdue::CloseHandshake}}));
}

TEST_F(DeadlinesTest, SilenceIsPingedOnceAndThenGivenUp) {
  opened();
  EXPECT_TRUE(run_until(24900ms).empty());
  EXPECT_EQ(run_until(25s), (Fired{{0, Overdue::Silent}}));
  EXPECT_TRUE(run_until(32900ms).empty());
  EXPECT_EQ(run_until(33s), (Fired{{0, Overdue::Dead}}));
}

TEST_F(DeadlinesTest, APingThatGoesOutLateIsWaitedForAsLong) {
  opened();
  EXPECT_TRUE(run_until(20s).empty());
  now_ = 60s;  // the shard stood still
  EXPECT_EQ(run_until(60s), (Fired{{0, Overdue::Silent}}));
  EXPECT_TRUE(run_until(67900ms).empty());
  EXPECT_EQ(run_until(68s), (Fired{{0, Overdue::Dead}}));
}

TEST_F(DeadlinesTest, WhatIsPutOffIsJudgedAgainWithTheNextTickHoweverLateTheShardIs) {
  const auto judged_at = [&](Duration t) {
    std::vector<Overdue> seen;
    deadlines_.set_now(Instant(t));
    deadlines_.expire([&](Connection& c, Overdue overdue) {
      seen.push_back(overdue);
      if (overdue != Overdue::Silent) deadlines_.put_off(c);
    });
    return seen;
  };
  Connection& c = opened(Phase::Greeting);
  EXPECT_EQ(judged_at(60s), (std::vector{Overdue::Hello}));
  EXPECT_EQ(judged_at(60s + Deadlines::kTick), (std::vector{Overdue::Hello}));
  deadlines_.enter(c, Phase::Open);
  EXPECT_EQ(judged_at(61s), (std::vector{Overdue::Silent}));
  EXPECT_EQ(judged_at(120s), (std::vector{Overdue::Dead}));
  EXPECT_EQ(judged_at(120s + Deadlines::kTick), (std::vector{Overdue::Dead}));
}

TEST_F(DeadlinesTest, AnythingHeardPutsThePingOff) {
  Connection& c = opened();
  EXPECT_TRUE(run_until(20s).empty());
  deadlines_.heard(c);
  EXPECT_TRUE(run_until(44900ms).empty());
  EXPECT_EQ(run_until(45100ms), (Fired{{0, Overdue::Silent}}));
  deadlines_.heard(c);
  EXPECT_TRUE(run_until(69s).empty());
}

TEST_F(DeadlinesTest, AStartedMessageMustBecomeWhole) {
  Connection& c = opened();
  EXPECT_TRUE(run_until(1s).empty());
  deadlines_.message(c, true);
  EXPECT_TRUE(run_until(5s).empty());
  deadlines_.message(c, true);  // more of it does not buy more time
  EXPECT_TRUE(run_until(10900ms).empty());
  EXPECT_EQ(run_until(11100ms), (Fired{{0, Overdue::Message}}));
}

TEST_F(DeadlinesTest, AFinishedMessageIsForgotten) {
  Connection& c = opened();
  deadlines_.message(c, true);
  EXPECT_TRUE(run_until(9s).empty());
  deadlines_.message(c, false);
  EXPECT_TRUE(run_until(24s).empty());
}

TEST_F(DeadlinesTest, AStalledPeerIsOverdueAfterThirtySeconds) {
  Connection& c = opened();
  deadlines_.stalled(c, true);
  for (int s = 1; s < 30; ++s) {
    EXPECT_TRUE(run_until(s * 1s).empty()) << s;
    deadlines_.heard(c);  // it may still talk
  }
  EXPECT_EQ(run_until(30100ms), (Fired{{0, Overdue::WriteStalled}}));
}

TEST_F(DeadlinesTest, ProgressStartsTheStallAnew) {
  Connection& c = opened();
  deadlines_.stalled(c, true);
  EXPECT_TRUE(run_until(20s).empty());
  deadlines_.stalled(c, false);
  deadlines_.stalled(c, true);
  deadlines_.heard(c);
  EXPECT_TRUE(run_until(44900ms).empty());
}

TEST_F(DeadlinesTest, AConnectionDoesNotOutliveItsCredential) {
  Connection& c = opened();
  deadlines_.expires_in(c, 20s);
  for (int s = 1; s < 50; ++s) {
    EXPECT_TRUE(run_until(s * 1s).empty()) << s;
    deadlines_.heard(c);
  }
  EXPECT_EQ(run_until(50100ms), (Fired{{0, Overdue::Expired}}));
}

TEST_F(DeadlinesTest, ACredentialOfManyYearsIsNoDeadline) {
  Connection& c = opened();
  deadlines_.expires_in(c, std::chrono::hours(24 * 365 * 250));
  EXPECT_EQ(run_until(25s), (Fired{{0, Overdue::Silent}}));
}

TEST_F(DeadlinesTest, ADestroyedConnectionNeverFires) {
  Connection& c = opened();
  Connection& other = opened();
  deadlines_.forget(c);
  table_.release(c);
  EXPECT_EQ(run_until(30s), (Fired{{other.id.index, Overdue::Silent}}));
}

TEST_F(DeadlinesTest, DestroyingAnotherOneWhileItIsDueIsSafe) {
  opened(Phase::Greeting);
  opened(Phase::Greeting);
  int fired = 0;
  for (now_ = 0s; now_ <= 6s; now_ += Deadlines::kTick) {
    deadlines_.set_now(Instant(now_));
    deadlines_.expire([&](Connection& c, Overdue) {
      ++fired;
      Connection& both = table_.at(1 - c.id.index);
      deadlines_.forget(both);
      table_.release(both);
      table_.release(c);
    });
  }
  EXPECT_EQ(fired, 1);
  EXPECT_EQ(table_.size(), 0u);
  EXPECT_EQ(deadlines_.next(), kNever);
}

}  // namespace
}  // namespace starling::runtime
