// The parts of the load that decide what is measured.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/bench/wire_load/command.h"
#include "tests/bench/wire_load/rooms.h"
#include "tests/bench/wire_load/schedule.h"
#include "tests/bench/wire_load/tally.h"

namespace starling::bench {
namespace {

using namespace std::chrono_literals;

TEST(Schedule, SendsArePoissonAtTheMeanRate) {
  Schedule schedule(1000, 7, Instant());
  constexpr int kSends = 100'000;
  int long_gaps = 0;
  Instant before{};
  for (int i = 0; i < kSends; ++i) {
    const Duration gap = schedule.next() - before;
    ASSERT_GE(gap, Duration::zero());
    if (gap > 2ms) ++long_gaps;
    before = schedule.next();
    schedule.advance();
  }
  EXPECT_NEAR(std::chrono::duration<double>(before.time_since_epoch()).count(), 100.0, 1.5);
  // An exponential gap exceeds twice its mean with probability e^-2.
  EXPECT_NEAR(static_cast<double>(long_gaps) / kSends, 0.1353, 0.005);
}

TEST(Schedule, IsAValueOfItsSeed) {
  Schedule one(500, 3, Instant());
  Schedule same(500, 3, Instant());
  Schedule other(500, 4, Instant());
  EXPECT_EQ(one.next(), same.next());
  EXPECT_EQ(one.room(100), same.room(100));
  EXPECT_NE(one.next(), other.next());
}

TEST(Rooms, KnowsHowManyReadersHaveNotHeardOfTheNewestHead) {
  Rooms rooms;
  const std::uint32_t place = rooms.place_of(RoomId(5));
  for (const std::uint32_t peer : {0u, 1u, 2u}) rooms.joined(place, peer);
  EXPECT_EQ(rooms.behind(), 0u);
  rooms.saw(place, Seq(7));  // as a sender's answer says
  EXPECT_EQ(rooms.behind(), 3u);
  rooms.told(place, Seq(7));
  EXPECT_EQ(rooms.behind(), 2u);
  rooms.told(place, Seq(8));  // newer than any answer so far: the others have not heard of that one
  EXPECT_EQ(rooms.behind(), 2u);
  rooms.told(place, Seq(7));  // an older one brings nobody up to date
  EXPECT_EQ(rooms.behind(), 2u);
  rooms.told(place, Seq(8));
  rooms.told(place, Seq(8));
  EXPECT_EQ(rooms.behind(), 0u);
}

TEST(Tally, MeasuresByTheIntendedTimeAndCountsByTheArrival) {
  Tally tally;
  tally.begin_run();
  tally.window_begin = Instant(10s);
  tally.window_end = Instant(20s);
  tally.delivered(Instant(9s), Instant(11s));   // meant before, came within
  tally.delivered(Instant(12s), Instant(13s));  // both within
  tally.delivered(Instant(19s), Instant(25s));  // meant within, came late: its latency counts
  EXPECT_EQ(tally.deliveries, 3u);
  EXPECT_EQ(tally.window_deliveries, 2u);
  EXPECT_EQ(tally.latency.count(), 2u);
  EXPECT_EQ(tally.latency.max(), 6s);
}

TEST(Tally, ARunBeginsWithNothingAndANumberOfItsOwn) {
  Tally tally;
  tally.begin_run();
  tally.sent = 5;
  tally.window_begin = Instant(0s);
  tally.window_end = Instant(1s);
  tally.delivered(Instant(0s), Instant(0s));
  const std::uint32_t run = tally.run;
  tally.begin_run();
  EXPECT_NE(tally.run, run);
  EXPECT_EQ(tally.sent + tally.deliveries + tally.window_deliveries + tally.latency.count(), 0u);
  EXPECT_FALSE(tally.measures(Instant(500ms)));
}

TEST(Command, IsAVerbAndNumbers) {
  const auto command = parse_command("run per_s=12.5 warm_s=2");
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->verb, "run");
  EXPECT_EQ(command->number("per_s", 0), 12.5);
  EXPECT_EQ(command->number("warm_s", 0), 2);
  EXPECT_EQ(command->number("measure_s", 10), 10);
}

TEST(Command, WhatIsNoNumberIsRefused) {
  for (const char* line : {"", "run per_s", "run per_s=", "run per_s=fast", "run per_s=1x"}) {
    EXPECT_FALSE(parse_command(line).has_value()) << line;
  }
}

}  // namespace
}  // namespace starling::bench
