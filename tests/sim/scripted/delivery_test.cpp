// What people say arrives, whatever the links between do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scripted/story.h"

namespace starling::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Three in one room, connected.
struct Three : Story {
  struct People {
    Person& alice;
    Person& bob;
    Person& carol;
  } people{person("alice"), person("bob"), person("carol")};
  RoomId room = room_of({&people.alice, &people.bob, &people.carol});

  Three() { everybody_connects(); }
};

TEST(Delivery, EverybodySeesTheSameMessagesInTheSameOrder) {
  Three story;
  auto& [alice, bob, carol] = story.people;
  const RoomId room = story.room;

  alice.says(room, "one");
  story.passes(1s);
  bob.says(room, "two");
  story.passes(1s);
  carol.says(room, "three");

  EXPECT_TRUE(story.ends_well());
  EXPECT_THAT(alice.sees(room), ElementsAre("one", "two", "three"));
  EXPECT_EQ(bob.sees(room), alice.sees(room));
  EXPECT_EQ(carol.sees(room), alice.sees(room));
  EXPECT_EQ(story.log_of(room), alice.sees(room));
}

TEST(Delivery, APushThatTheRingsLoseIsFoundWithinTwoSeconds) {
  Story story;
  Person& alice = story.person("alice");
  std::vector<Person*> others;
  for (int i = 0; i < 6; ++i) others.push_back(&story.person("other " + std::to_string(i)));
  const RoomId room = story.room_of({&alice, others[0], others[1], others[2], others[3], others[4], others[5]});
  story.everybody_connects();

  alice.says(room, "lost on its way");
  story.passes(30ms);  // it is with the server
  story.rings_lose_everything_for(300ms);
  story.passes(300ms + 2s);

  for (Person* each : others) EXPECT_THAT(each->sees(room), ElementsAre("lost on its way"));
  EXPECT_TRUE(story.ends_well());
}

TEST(Delivery, WhoWasAwaySeesWhatWasMissedAndNothingTwice) {
  Story story;
  Person& alice = story.person("alice");
  Person& bob = story.person("bob");
  const RoomId room = story.room_of({&alice, &bob});
  story.everybody_connects();

  alice.says(room, "before");
  story.passes(1s);
  bob.goes_offline_for(5s);
  alice.says(room, "meanwhile");
  story.passes(2s);
  EXPECT_THAT(bob.sees(room), ElementsAre("before"));
  story.passes(10s);
  alice.says(room, "after");

  EXPECT_TRUE(story.ends_well());
  EXPECT_THAT(bob.sees(room), ElementsAre("before", "meanwhile", "after"));
}

TEST(Delivery, WhatIsWrittenOfflineIsSentLaterInItsOrder) {
  Story story;
  Person& alice = story.person("alice");
  Person& bob = story.person("bob");
  const RoomId room = story.room_of({&alice, &bob});
  story.everybody_connects();

  alice.goes_offline_for(4s);
  for (const char* text : {"one", "two", "three"}) alice.says(room, text);
  story.passes(2s);
  EXPECT_TRUE(alice.has_pending());
  EXPECT_THAT(bob.sees(room), IsEmpty());

  EXPECT_TRUE(story.ends_well());
  EXPECT_THAT(bob.sees(room), ElementsAre("one", "two", "three"));
}

TEST(Delivery, AReaderThatReadsNothingHoldsNobodyUpAndGetsEverythingLater) {
  Options options = Story::calm();
  options.config.outbox_bytes_soft = 4 * 1024;
  Story story(options);
  Person& alice = story.person("alice");
  Person& bob = story.person("bob");
  Person& carol = story.person("carol");
  const RoomId room = story.room_of({&alice, &bob, &carol});
  story.everybody_connects();

  bob.reads_nothing_for(8s);
  std::vector<std::string> said;
  for (int i = 0; i < 40; ++i) {
    said.push_back(std::string(1000, 'x') + std::to_string(i));
    alice.says(room, said.back());
    story.passes(100ms);
  }
  story.passes(1s);
  EXPECT_EQ(carol.sees(room), said);
  EXPECT_LT(bob.sees(room).size(), said.size());

  EXPECT_TRUE(story.ends_well());
  EXPECT_EQ(bob.sees(room), said);
}

TEST(Delivery, WhatASlowLineHadBegunComesAtOnceWhenItIsSlowNoMore) {
  Three story;
  auto& [alice, bob, carol] = story.people;
  const RoomId room = story.room;

  const Instant end = story.world().context().now() + 5s;
  story.world().network().slow_down(bob.device().who().index, 100, end);
  const std::string page(10'000, 'x');  // 100 s of that line
  alice.says(room, page);
  story.passes(4s);
  EXPECT_THAT(bob.sees(room), IsEmpty());
  story.passes(2s);
  EXPECT_THAT(bob.sees(room), ElementsAre(page));
  EXPECT_TRUE(story.ends_well());
}

TEST(Delivery, HistoryReadBackJoinsPageByPage) {
  Story story;
  Person& alice = story.person("alice");
  Person& bob = story.person("bob");
  const RoomId room = story.room_of({&alice, &bob});
  story.everybody_connects();
  for (int i = 0; i < 90; ++i) {
    alice.says(room, "message " + std::to_string(i));
    story.passes(60ms);
  }
  story.passes(2s);
  alice.edits(room, "message 3", "better");
  bob.reads_back(room);  // four pages of thirty; LogWitness and Paging judge each
  story.passes(2s);
  EXPECT_TRUE(story.ends_well());
}

TEST(Delivery, WhoIsGivenUpIsNotWaitedForAndHoldsNobodyUp) {
  Three story;
  auto& [alice, bob, carol] = story.people;
  const RoomId room = story.room;

  bob.reads_nothing_for(24h);
  for (int i = 0; i < 40; ++i) alice.says(room, "message " + std::to_string(i) + std::string(1000, '.'));
  story.passes(20s);
  EXPECT_THAT(unrest(story.world()), HasSubstr("device " + std::to_string(bob.device().who().device.value) + " "));
  bob.device().give_up();

  EXPECT_TRUE(story.ends_well());
  EXPECT_EQ(carol.sees(room).size(), 40u);
  EXPECT_LT(bob.sees(room).size(), 40u);
}

TEST(Delivery, WhoIsGivenUpAndGoneHidesNothingThatTheShardsWaitFor) {
  Story story;
  Person& bob = story.person("bob");
  std::vector<RoomId> rooms;
  for (int i = 0; i < 8; ++i) rooms.push_back(story.room_of({&bob}));
  story.everybody_connects();
  ASSERT_EQ(unrest(story.world()), "");

  story.rings_lose_everything_for(10s);
  for (const RoomId room : rooms) bob.says(room, "to another shard");
  story.passes(100ms);
  bob.goes_offline_for(24h);
  bob.device().give_up();
  story.passes(1s);
  EXPECT_THAT(unrest(story.world()), HasSubstr("requests to other shards unanswered"));
  story.passes(10s);
  EXPECT_TRUE(story.ends_well());
}

TEST(Delivery, EachNodeNoticesWhoIsOutOfReach) {
  Options options = Story::calm();
  options.nodes = 2;
  Story story(std::move(options));
  for (int i = 0; i < 8; ++i) story.person("person " + std::to_string(i));
  story.everybody_connects();
  const auto connections = [&] {
    std::size_t count = 0;
    for (const auto& node : story.world().nodes()) {
      for (std::uint32_t device = 0; device < 8; ++device) count += node->is_connected(device) ? 1 : 0;
    }
    return count;
  };
  ASSERT_EQ(connections(), 8u);
  for (int i = 0; i < 8; ++i) story.person("person " + std::to_string(i)).goes_offline_for(60s);
  story.passes(40s);
  EXPECT_EQ(connections(), 0u);
}

}  // namespace
}  // namespace starling::sim
