// Who may write and who may read is decided by the log's order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scripted/story.h"

namespace starling::sim {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

struct ThreePeople {
  ThreePeople() { story.everybody_connects(); }

  Story story;
  Person& owner = story.person("owner");
  Person& bob = story.person("bob");
  Person& carol = story.person("carol");
  RoomId room = story.room_of({&owner, &bob, &carol});
};

TEST(Membership, WhoIsRemovedSeesNothingThatComesAfter) {
  ThreePeople t;
  t.owner.says(t.room, "with bob");
  t.story.passes(1s);
  t.owner.removes(t.room, t.bob);
  t.owner.says(t.room, "without bob");
  t.story.passes(2s);
  EXPECT_FALSE(t.bob.is_member(t.room));
  EXPECT_THAT(t.bob.sees(t.room), ElementsAre("with bob"));
  EXPECT_THAT(t.carol.sees(t.room), ElementsAre("with bob", "without bob"));
  EXPECT_TRUE(t.story.ends_well());
}

TEST(Membership, AMessageThatLosesTheRaceWithTheRemovalIsRefusedAndNotLost) {
  ThreePeople t;
  t.owner.removes(t.room, t.bob);
  for (int i = 0; i < 20; ++i) t.bob.says(t.room, "racing " + std::to_string(i));
  t.story.passes(3s);
  EXPECT_FALSE(t.bob.has_pending());
  EXPECT_TRUE(t.story.ends_well());  // the sweep: nobody wrote after the removal
  EXPECT_EQ(t.carol.sees(t.room), t.story.log_of(t.room));
}

TEST(Membership, WhoComesBackIsShownTheRoomAgain) {
  ThreePeople t;
  t.owner.removes(t.room, t.bob);
  t.story.passes(1s);
  t.owner.says(t.room, "while away");
  t.story.passes(1s);
  EXPECT_THAT(t.bob.sees(t.room), Not(Contains("while away")));
  t.owner.adds(t.room, t.bob);
  t.story.passes(2s);
  EXPECT_TRUE(t.bob.is_member(t.room));
  t.bob.says(t.room, "back");
  EXPECT_TRUE(t.story.ends_well());
  EXPECT_THAT(t.carol.sees(t.room), Contains("back"));
  EXPECT_EQ(t.bob.sees(t.room), t.carol.sees(t.room));
}

TEST(Membership, ARemovalThatHappensWhileTheDeviceIsAwayIsToldOnItsReturn) {
  ThreePeople t;
  t.bob.goes_offline_for(4s);
  t.owner.removes(t.room, t.bob);
  t.owner.says(t.room, "without bob");
  t.story.passes(15s);
  EXPECT_FALSE(t.bob.is_member(t.room));
  EXPECT_TRUE(t.bob.sees(t.room).empty());
  EXPECT_TRUE(t.story.ends_well());
}

}  // namespace
}  // namespace starling::sim
