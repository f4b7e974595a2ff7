#include "loadsim/check/room_watch.h"

#include <gtest/gtest.h>

#include "common/base/rng.h"

namespace starling::check {
namespace {

RoomWatch::Seen show(RoomWatch& watch, std::uint64_t seq, std::uint32_t epoch = 1) {
  return watch.applied(Seq(seq), Epoch(epoch), mix64(seq));
}

RoomWatch at(std::uint64_t seq) {
  RoomWatch watch;
  watch.reset(Epoch(1), Seq(seq));
  return watch;
}

TEST(RoomWatch, OnlyTheNextEventIsRight) {
  RoomWatch watch = at(4);
  EXPECT_EQ(show(watch, 6), RoomWatch::Seen::Gap);
  EXPECT_EQ(show(watch, 4), RoomWatch::Seen::Again);
  EXPECT_EQ(show(watch, 5), RoomWatch::Seen::Next);
  EXPECT_EQ(show(watch, 5), RoomWatch::Seen::Again);
  EXPECT_EQ(watch.cursor(), Seq(5));
}

TEST(RoomWatch, ALaterEpochNeedsAReset) {
  RoomWatch watch = at(4);
  EXPECT_EQ(show(watch, 5, 2), RoomWatch::Seen::EarlierEpoch);
  watch.reset(Epoch(2), Seq(2));
  EXPECT_EQ(show(watch, 3, 2), RoomWatch::Seen::Next);
}

TEST(RoomWatch, AnAnswerOwesTheFloorOfItsAskingAndNoMore) {
  RoomWatch watch = at(10);
  watch.raise_floor(10);
  EXPECT_EQ(watch.asked_floor(), 0u);
  watch.asked();
  watch.raise_floor(15);
  EXPECT_EQ(watch.asked_floor(), 10u);
  watch.asked();  // the first one is still unanswered
  EXPECT_EQ(watch.asked_floor(), 10u);
  watch.answered();
  EXPECT_EQ(watch.asked_floor(), 0u);
  watch.asked();
  EXPECT_EQ(watch.asked_floor(), 15u);
}

TEST(RoomWatch, ARestartTakesTheCursorAndTheFloorBackToWhatWasStored) {
  RoomWatch watch = at(0);
  show(watch, 1);
  const RoomWatch stored = watch;
  show(watch, 2);
  watch.rewind_to(stored);
  EXPECT_EQ(watch.cursor(), Seq(1));
  EXPECT_EQ(watch.floor(), Seq(1));
  EXPECT_EQ(watch.chain(), stored.chain());
  EXPECT_EQ(show(watch, 2), RoomWatch::Seen::Next);
}

}  // namespace
}  // namespace starling::check
