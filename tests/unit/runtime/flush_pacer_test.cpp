#include "server/runtime/flush_pacer.h"

#include <gtest/gtest.h>

namespace starling::runtime {
namespace {

FlushPacer pacer_at(int busy_percent) {
  FlushPacer pacer(500us, 2ms);
  for (int i = 0; i < 100; ++i) pacer.turn(busy_percent * 10us, (100 - busy_percent) * 10us);
  for (int i = 0; i < 1000; ++i) pacer.turn(busy_percent * 10us, (100 - busy_percent) * 10us);
  return pacer;
}

TEST(FlushPacer, DoesNotWaitWhenLight) {
  EXPECT_EQ(FlushPacer(500us, 2ms).delay(), Duration::zero());
  EXPECT_EQ(pacer_at(25).delay(), Duration::zero());
}

TEST(FlushPacer, WaitsTheMinimumJustAboveLightAndTheMaximumWhenHeavy) {
  EXPECT_NEAR(static_cast<double>(pacer_at(31).delay().count()), 530'000, 20'000);
  EXPECT_EQ(pacer_at(85).delay(), 2ms);
}

TEST(FlushPacer, GrowsWithTheLoad) {
  EXPECT_LT(pacer_at(40).delay(), pacer_at(50).delay());
  EXPECT_LT(pacer_at(50).delay(), pacer_at(70).delay());
}

TEST(FlushPacer, ALongQuietSpellEndsTheWaitAtOnce) {
  FlushPacer pacer = pacer_at(90);
  pacer.turn(0us, 100ms);
  EXPECT_EQ(pacer.delay(), Duration::zero());
}

TEST(FlushPacer, AMaximumOfZeroTurnsItOff) {
  FlushPacer pacer(0us, 0us);
  for (int i = 0; i < 100; ++i) pacer.turn(20ms, 0us);
  EXPECT_EQ(pacer.delay(), Duration::zero());
}

}  // namespace
}  // namespace starling::runtime
