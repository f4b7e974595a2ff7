// A database server with standbys: what is told to anybody survives whatever it is promised to survive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loadsim/users/faults/fault.h"
#include "tests/sim/scripted/story.h"

namespace starling::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Options with_faults(const std::string& text) {
  Options options = Story::calm();
  options.store = StoreKind::Postgres;
  options.schedule = *users::parse_faults(text);
  return options;
}

struct TwoPeople {
  explicit TwoPeople(const std::string& faults) : story(with_faults(faults)) { story.everybody_connects(); }
  FaultTally tally(users::FaultKind kind) { return story.world().context().tally(kind); }

  Story story;
  Person& alice = story.person("alice");
  Person& bob = story.person("bob");
  RoomId room = story.room_of({&alice, &bob});
};

TEST(Postgres, ACancelledWaitIsNoAcknowledgement) {
  TwoPeople t("@5s pg.cancel_syncwait 100% 4s");
  t.story.passes(3s);
  t.alice.says(t.room, "cancelled");
  t.story.passes(2s);
  EXPECT_GE(t.tally(users::FaultKind::PgCancelSyncwait).effective, 1u);
  EXPECT_THAT(t.story.log_of(t.room), ElementsAre("cancelled")) << "readers of the database see it";
  EXPECT_TRUE(t.alice.has_pending());
  EXPECT_THAT(t.bob.sees(t.room), IsEmpty());
  t.story.passes(2s);  // the standby goes on, and the repeat finds its original
  EXPECT_FALSE(t.alice.has_pending());
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("cancelled"));
  EXPECT_TRUE(t.story.ends_well());
}

TEST(Postgres, WhatAFailoverTakesAwayNobodyWasTold) {
  TwoPeople t("@5s pg.cancel_syncwait 100% 6s\n@8s pg.failover sync");
  t.alice.says(t.room, "confirmed");
  t.story.passes(3s);
  t.alice.says(t.room, "on the lost primary only");
  t.story.passes(1s);
  t.story.server_restarts();  // and reads what no standby has
  t.story.passes(3s);
  EXPECT_EQ(t.tally(users::FaultKind::PgFailoverSync).injected, 1u);
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("confirmed", "on the lost primary only")) << "sent again from the outbox";
  EXPECT_EQ(t.story.world().database().find(t.room)->epoch(), Epoch(1));
}

TEST(Postgres, AForcedFailoverRaisesTheEpochAndEverybodyIsTold) {
  TwoPeople t("@8s pg.failover async");
  t.alice.says(t.room, "long ago");
  t.story.passes(4900ms);
  t.alice.says(t.room, "a moment ago");
  t.story.passes(6s);
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_EQ(t.story.world().database().find(t.room)->epoch(), Epoch(2));
  EXPECT_EQ(t.alice.sees(t.room), t.bob.sees(t.room));
}

TEST(Postgres, ACrashOfThePrimaryLosesNothing) {
  TwoPeople t("@6s pg.restart");
  t.story.passes(2990ms);
  t.alice.says(t.room, "in the middle of it");
  t.story.passes(5s);
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("in the middle of it"));
}

}  // namespace
}  // namespace starling::sim
