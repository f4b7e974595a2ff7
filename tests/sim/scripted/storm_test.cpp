// A node dies, and everybody whom it had comes to the others at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/probe.h"
#include "tests/sim/scripted/story.h"

namespace starling::sim {
namespace {

constexpr std::uint32_t kPeople = 240;
constexpr std::uint32_t kPerSecond = 5;
constexpr std::uint32_t kBurst = 10;

Options three_nodes() {
  Options options = Story::calm();
  options.nodes = 3;
  options.shards = 1;
  options.config.sessions_per_s = kPerSecond;
  options.config.sessions_burst = kBurst;
  return options;
}

struct Crowd {
  Crowd() {
    std::vector<Person*> room;
    for (std::uint32_t i = 0; i < kPeople; ++i) {
      room.push_back(&story.person(std::to_string(i)));
      if (room.size() < 4) continue;
      story.room_of({room[0], room[1], room[2], room[3]});
      room.clear();
    }
    story.everybody_connects();
    story.passes(40s);
  }
  std::uint64_t sessions(std::size_t node) { return story.world().node(node).counters().sessions; }
  std::uint64_t reads() {
    return story.world().node(1).counters().store_ops + story.world().node(2).counters().store_ops;
  }
  std::uint64_t count(Probe p) { return probe_counts[static_cast<std::size_t>(p)]; }
  bool all_ready() {
    return std::ranges::all_of(story.world().devices(), [](const auto& device) { return device->ready(); });
  }

  Story story{three_nodes()};
};

TEST(Storm, TheOthersTakeThemInAtABoundedRateAndAllAreBackInTheirSlots) {
  Crowd crowd;
  ASSERT_TRUE(crowd.all_ready());
  const std::uint64_t homeless = crowd.sessions(0);
  ASSERT_GE(homeless, kPeople / 5);
  const std::uint64_t reads_before = crowd.reads();
  probe_counts = {};
  crowd.story.world().node(0).kill(StoreModel::Death::Process);
  std::uint64_t had[]{crowd.sessions(1), crowd.sessions(2)};
  Duration back{};
  do {
    const bool first = back == 0s;
    crowd.story.passes(1s);
    back += 1s;
    for (std::size_t i = 0; i < 2; ++i) {
      const std::uint64_t now = crowd.sessions(i + 1);
      EXPECT_LE(now, had[i] + kPerSecond + (first ? kBurst : 1)) << "after " << back / 1s << " s";
      had[i] = now;
    }
  } while (!crowd.all_ready() && back < 60s);
  EXPECT_TRUE(crowd.all_ready());
  // Each of the two has half of them, at four fifths of the rate; before it, a lease runs out and a back-off passes.
  EXPECT_LE(back, 1s * (homeless / 2 * 5 / 4 / kPerSecond) + 10s);
  EXPECT_GE(crowd.count(Probe::slot_given), 1u);
  // Counted by the server and by the client: each came in once, by its ticket, so no password was hashed.
  EXPECT_EQ(crowd.count(Probe::ticket_resume), 2 * homeless);
  EXPECT_LE(crowd.reads() - reads_before, 4 * kPeople);
  testing::Test::RecordProperty("store_ops", static_cast<int>(crowd.reads() - reads_before));
  crowd.story.world().node(0).start();
  EXPECT_TRUE(crowd.story.ends_well());
}

TEST(Storm, WhoIsSentAwayByADrainComesToTheNodeOfItsHome) {
  Crowd crowd;
  probe_counts = {};
  crowd.story.world().node(0).drain();
  crowd.story.passes(60s);
  EXPECT_TRUE(crowd.all_ready());
  EXPECT_GE(crowd.count(Probe::node_hint_followed), kPeople / 6);
  EXPECT_TRUE(crowd.story.ends_well());
}

}  // namespace
}  // namespace starling::sim
