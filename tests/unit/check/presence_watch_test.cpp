#include "loadsim/check/presence_watch.h"

#include <gtest/gtest.h>

namespace starling::check {
namespace {

using namespace std::chrono_literals;
using State = wire::PresenceState;

constexpr RoomId kRoom{1};
constexpr UserId kBob{2};

struct PresenceWatchTest : testing::Test {
  Violations violations;
  PresenceWatch watch{{.coming = 5s, .leaving = 20s}, violations};
  Instant now{1h};

  void show(State shown, bool sound = true) { watch.view(0, kRoom, kBob, sound, shown, now); }
};

TEST_F(PresenceWatchTest, AStaleViewIsAViolationOnceTheBoundIsOver) {
  watch.truth(kBob, State::Online, {}, now);
  show(State::Offline);
  now += 5s;
  show(State::Offline);
  EXPECT_TRUE(violations.empty());
  now += 1s;
  show(State::Offline);
  EXPECT_EQ(violations.count(), 1u);
  EXPECT_EQ(violations.kept()[0].guarantee, Guarantee::G11_Presence);
}

TEST_F(PresenceWatchTest, LeavingMayTakeLonger) {
  watch.truth(kBob, State::Offline, {}, now);
  show(State::Online);
  now += 19s;
  show(State::Online);
  EXPECT_TRUE(violations.empty());
  now += 2s;
  show(State::Online);
  EXPECT_EQ(violations.count(), 1u);
}

TEST_F(PresenceWatchTest, AFaultBetweenThemAndANewTruthStartTheBoundAnew) {
  watch.truth(kBob, State::Online, {}, now);
  show(State::Offline);
  now += 4s;
  show(State::Offline, false);
  now += 4s;
  show(State::Offline);
  watch.truth(kBob, State::Away, {}, now);
  now += 4s;
  show(State::Offline);
  watch.truth(kBob, std::nullopt, {}, now);
  now += 1h;
  show(State::Offline);
  EXPECT_TRUE(violations.empty());
}

TEST_F(PresenceWatchTest, AChangeBetweenTwoLooksStartsTheBoundAnew) {
  watch.truth(kBob, State::Online, {}, now);
  show(State::Away);
  now += 1h;
  watch.truth(kBob, State::Online, now - 1s, now);
  show(State::Away);
  EXPECT_TRUE(violations.empty());
}

TEST_F(PresenceWatchTest, WhatIsTrueIsNoViolation) {
  watch.truth(kBob, State::Away, {}, now);
  show(State::Away);
  now += 1h;
  show(State::Away);
  EXPECT_TRUE(violations.empty());
}

TEST_F(PresenceWatchTest, WhoIsWatchedAgainIsJudgedFromThenOn) {
  watch.begin_look();
  watch.truth(kBob, State::Away, {}, now);
  show(State::Away);
  for (int looks = 0; looks < 3; ++looks) {  // others are looked at
    now += 1h;
    watch.begin_look();
    watch.truth(kBob, State::Online, {}, now);
  }
  watch.begin_look();
  show(State::Away);
  EXPECT_TRUE(violations.empty());
  now += 1h;
  watch.begin_look();
  show(State::Away);
  EXPECT_FALSE(violations.empty());
}

}  // namespace
}  // namespace starling::check
