#include "loadsim/sim/knobs.h"

#include <gtest/gtest.h>

#include "loadsim/sim/swarm.h"

namespace starling::sim {
namespace {

TEST(Knobs, WhatASeedDrawsComesBackFromItsText) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Options drawn = swarm(seed, seed % 2 == 0 ? StoreKind::Postgres : StoreKind::Embedded);
    const auto read = parse_options(to_text(drawn));
    ASSERT_TRUE(read.has_value()) << read.error().text;
    EXPECT_EQ(to_text(*read), to_text(drawn));
    EXPECT_EQ(read->schedule, drawn.schedule);
    EXPECT_EQ(read->seed, seed);
    EXPECT_EQ(read->store, drawn.store);
  }
}

TEST(Knobs, AnErrorNamesItsLine) {
  const auto unknown = parse_options("seed 1\nknob shards=2\nknob colour=3\n");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().line, 3u);
  const auto fault = parse_options("seed 1\n\n@8s explode n1\n");
  ASSERT_FALSE(fault.has_value());
  EXPECT_EQ(fault.error().line, 3u);
}

TEST(Knobs, AWorldWhereLittleIsDoneIsNotAListOfWhatIsNot) {
  Options options;
  options.mix = {};
  options.mix[static_cast<std::size_t>(Action::Pin)] = 4;
  const std::string text = to_text(options);
  EXPECT_EQ(text, "seed 1\nknob actions=0 pin=4\n");
  const auto read = parse_options(text);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->mix, options.mix);
}

/// What a seed is does not depend on the store behind it, so that a violation can be looked for behind the other.
TEST(Swarm, TheStoreChangesOnlyWhatIsTheStores) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Options server = swarm(seed, StoreKind::Postgres);
    const Options embedded = swarm(seed);
    server.store = embedded.store;
    server.standby_latency = embedded.standby_latency;
    server.follower_latency = embedded.follower_latency;
    server.standby_reads_percent = embedded.standby_reads_percent;
    server.schedule = embedded.schedule;
    EXPECT_EQ(to_text(server), to_text(embedded));
  }
}

TEST(Swarm, TwoSeedsAreTwoWorlds) { EXPECT_NE(to_text(swarm(1)), to_text(swarm(2)).replace(5, 1, "1")); }

}  // namespace
}  // namespace starling::sim
