#include "loadsim/sim/shrink.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "loadsim/sim/knobs.h"
#include "loadsim/sim/swarm.h"

namespace starling::sim {
namespace {

using users::FaultKind;

constexpr auto weight(const Options& options, Action action) { return options.mix[static_cast<std::size_t>(action)]; }

std::size_t count(const Options& options, FaultKind kind) {
  return static_cast<std::size_t>(std::ranges::count(options.schedule, kind, &users::Fault::kind));
}

Options with_faults(std::vector<FaultKind> kinds) {
  Options options;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    options.schedule.push_back({.at = (2 + static_cast<int>(i)) * 1s, .kind = kinds[i], .node = 1, .span = 1s});
  }
  return options;
}

TEST(Shrink, WhatDoesNotMatterGoes) {
  Options options = swarm(7);
  options.schedule = with_faults({FaultKind::Drain, FaultKind::Kill, FaultKind::Pause, FaultKind::Restart,
                                  FaultKind::StoreStop, FaultKind::Kill, FaultKind::StoreFull})
                         .schedule;
  const Options least = shrink(options, [](const Options& o) {
    return count(o, FaultKind::Kill) >= 1 && count(o, FaultKind::Restart) == 1 && o.users >= 5 && o.shards >= 1 &&
           weight(o, Action::Edit) != 0;
  });
  const RunSize size = size_of(least);
  EXPECT_EQ(size.faults, 2u);
  EXPECT_EQ(size.actions, 1u);
  EXPECT_EQ(size.users, 5u);
  EXPECT_EQ(size.rooms, 1u);
  EXPECT_EQ(size.members_per_room, 2u);
  EXPECT_EQ(size.second_device_percent, 0u);
  EXPECT_EQ(size.nodes, 1u);
  EXPECT_EQ(size.shards, 1u);
  EXPECT_EQ(size.load, least.schedule.back().at + 1s);
  EXPECT_EQ(size.calm, 1s);
  EXPECT_EQ(size.knobs, 0u);
}

TEST(Shrink, FaultsThatMatterTogetherStayInTheirOrder) {
  const Options options = with_faults({FaultKind::Kill, FaultKind::Drain, FaultKind::Restart, FaultKind::Pause,
                                       FaultKind::StoreStop, FaultKind::StoreFull, FaultKind::Cut});
  const Options least = shrink(options, [](const Options& o) {
    return count(o, FaultKind::Kill) == 1 && count(o, FaultKind::StoreStop) == 1 && count(o, FaultKind::Cut) == 1;
  });
  ASSERT_EQ(least.schedule.size(), 3u);
  EXPECT_EQ(least.schedule[0], options.schedule[0]);
  EXPECT_EQ(least.schedule[1], options.schedule[4]);
  EXPECT_EQ(least.schedule[2], options.schedule[6]);
}

TEST(Shrink, WhatIsKeptHasFailedAndComesBackFromItsText) {
  const auto fails = [](const Options& o) { return o.heal_at > 7'351ms && o.calm > 1'234ms && o.think < 1s; };
  Options options = swarm(11);
  options.think = 820ms;
  options.calm = 8s;
  ASSERT_TRUE(fails(options));
  const Options least = shrink(options, fails);
  EXPECT_TRUE(fails(least));
  EXPECT_LT(least.heal_at, std::max(least.schedule.empty() ? 0s : least.schedule.back().at, Duration(7'351ms)) + 2s);
  const auto read = parse_options(to_text(least));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->heal_at, least.heal_at);
  EXPECT_EQ(read->calm, least.calm);
  EXPECT_EQ(to_text(*read), to_text(least));
}

TEST(Shrink, NothingGoesWhenNothingSmallerFails) {
  const Options options = swarm(3);
  EXPECT_EQ(to_text(shrink(options, [](const Options&) { return false; })), to_text(options));
}

TEST(Shrink, SomebodyAlwaysDoesSomething) {
  const Options least = shrink(swarm(5), [](const Options&) { return true; });
  const RunSize size = size_of(least);
  EXPECT_EQ(size.actions, 1u);
  EXPECT_EQ(size.users, 2u);
  EXPECT_EQ(size.rooms, 1u);
}

}  // namespace
}  // namespace starling::sim
