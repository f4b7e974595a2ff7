// Losses that somebody decided: a backup put back, retention, a copied device. Never silent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "loadsim/users/faults/fault.h"
#include "tests/sim/scripted/story.h"

namespace starling::sim {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

Options with_faults(const std::string& text) {
  Options options = Story::calm();
  options.schedule = *users::parse_faults(text);
  return options;
}

struct TwoPeople {
  explicit TwoPeople(const std::string& faults) : story(with_faults(faults)) { story.everybody_connects(); }
  Epoch epoch() const { return story.world().database().find(room)->epoch(); }

  mutable Story story;
  Person& alice = story.person("alice");
  Person& bob = story.person("bob");
  RoomId room = story.room_of({&alice, &bob});
};

TEST(Policy, ARestoreRaisesTheEpochAndEverybodyIsTold) {
  TwoPeople t("@10s store.restore 4s");
  t.alice.says(t.room, "in the backup");
  t.story.passes(4s);  // the backup is of second 6
  t.alice.says(t.room, "lost by policy");
  t.story.passes(6s);
  EXPECT_EQ(t.epoch(), Epoch(2));
  t.alice.says(t.room, "after the restore");
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("in the backup", "after the restore"));
  EXPECT_EQ(t.alice.sees(t.room), t.bob.sees(t.room));
}

TEST(Policy, ACopiedBackFileRaisesItsEpochWhenADeviceProvesAnotherHistory) {
  TwoPeople t("@10s store.copy_back 4s");
  t.alice.says(t.room, "in the copy");
  t.story.passes(4s);
  t.alice.says(t.room, "not in the copy");
  t.story.passes(8s);
  EXPECT_EQ(t.epoch(), Epoch(16));
  t.bob.says(t.room, "after");
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("in the copy", "after"));
  EXPECT_EQ(t.alice.sees(t.room), t.bob.sees(t.room));
}

TEST(Policy, WhatWaitsInAnOutboxSurvivesARestoreUnderAnotherNumber) {
  TwoPeople t("@10s store.restore 4s");
  t.story.passes(4s);
  t.alice.says(t.room, "lost by policy");
  t.story.passes(2s);
  t.alice.goes_offline_for(4s);
  t.alice.says(t.room, "waiting");
  EXPECT_TRUE(t.story.ends_well());
  t.story.passes(5s);
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("waiting"));
}

TEST(Policy, WhoMissedWhatRetentionCutIsResetAndGoesOn) {
  TwoPeople t("@12s retention.cut 90%");
  t.bob.goes_offline_for(12s);
  for (int i = 0; i < 30; ++i) {
    t.alice.says(t.room, "message " + std::to_string(i));
    t.story.passes(100ms);
  }
  t.story.passes(10s);
  t.alice.says(t.room, "afterwards");
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.bob.sees(t.room), Contains("afterwards"));
  EXPECT_LT(t.bob.sees(t.room).size(), t.alice.sees(t.room).size());
}

TEST(Policy, OfACloneAndItsOriginalOneTakesAnotherName) {
  TwoPeople t("");
  t.alice.says(t.room, "before");
  t.story.passes(2s);
  Device& clone = t.story.world().add_device(t.alice.user(), t.alice.device().who().device);
  clone.become_clone_of(t.alice.device());
  t.alice.goes_offline_for(20s);
  clone.start();
  t.story.passes(2s);
  clone.send(t.room, {.body = "by the clone"});
  t.alice.says(t.room, "by the original");  // the same number, another text
  t.story.passes(3s);
  clone.retire();
  t.story.passes(30s);
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("before", "by the clone", "by the original"));
  EXPECT_NE(t.alice.device().who().device, DeviceId(16));
}

TEST(Policy, WhatTwinsHaveWaitingFromBeforeTheFirstSyncIsInTheLogOnce) {
  Story story;
  Person& bob = story.person("bob");
  Person& alice = story.person("alice");
  const RoomId room = story.room_of({&bob, &alice});
  for (const auto& device : story.world().devices()) device->start();
  while (!alice.is_member(room)) story.passes(1ms);
  alice.goes_offline_for(15s);  // the list of rooms came, the room's events did not
  std::vector<std::string> said;
  for (int i = 0; i < 40; ++i) alice.says(room, said.emplace_back("message " + std::to_string(i)));
  story.passes(2s);
  Device& twin = story.world().add_device(alice.user(), alice.device().who().device);
  twin.become_clone_of(alice.device());
  twin.start();
  story.passes(5s);
  twin.send(room, {.body = said.emplace_back("by the twin")});
  story.passes(2s);
  EXPECT_EQ(story.log_of(room), said);
  twin.retire();
  story.passes(20s);
  EXPECT_TRUE(story.ends_well());
  EXPECT_EQ(story.log_of(room), said);
}

}  // namespace
}  // namespace starling::sim
