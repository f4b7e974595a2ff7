#include "common/client/room_table.h"

#include <gtest/gtest.h>

#include <map>

#include "common/base/rng.h"

namespace starling::client {
namespace {

TEST(RoomTable, FindsWhatWasAddedInAnyOrder) {
  HeapLender lender;
  RoomTable table(lender);
  Rng rng(5);
  std::map<RoomId, Seq> model;
  for (int i = 0; i < 500; ++i) {
    const RoomId room(1 + rng.below(300));
    const std::uint32_t at = table.find_or_add(room);
    EXPECT_EQ(table.cursor(at).room, room);
    const Seq seq(rng.below(1000));
    ASSERT_TRUE(table.jump(at, {.epoch = Epoch(1), .seq = seq, .hash = PrefixHash(room.value)}));
    table.counters(at).last_cseq = Cseq(static_cast<std::uint32_t>(seq.value));
    model[room] = seq;
  }
  ASSERT_EQ(table.size(), model.size());
  for (const auto& [room, seq] : model) {
    const std::uint32_t i = table.find(room);
    ASSERT_NE(i, RoomTable::kNone);
    EXPECT_EQ(table.cursor(i).cursor(), (wire::Cursor{Epoch(1), seq, PrefixHash(room.value)}));
    EXPECT_EQ(table.counters(i).last_cseq.value, seq.value);
  }
  EXPECT_EQ(table.find(RoomId(301)), RoomTable::kNone);
  EXPECT_EQ(table.find(RoomId(0)), RoomTable::kNone);
}

TEST(RoomTable, TheFloorStaysWhileTheCursorComesUpToIt) {
  HeapLender lender;
  RoomTable table(lender);
  const std::uint32_t i = table.find_or_add(RoomId(1));
  table.raise_floor(i, Seq(2));
  EXPECT_EQ(table.floor(i), Seq(2));
  table.raise_floor(i, Seq(1));
  EXPECT_EQ(table.floor(i), Seq(2)) << "it never goes back";
  for (const std::uint64_t expected : {2u, 2u, 3u}) {
    EXPECT_TRUE(table.advance(i, PrefixHash(9)));
    EXPECT_EQ(table.floor(i), Seq(expected));
  }
}

TEST(RoomTable, AJumpKeepsTheFloorWithinAnEpochAndDropsItWithTheEpoch) {
  HeapLender lender;
  RoomTable table(lender);
  const std::uint32_t i = table.find_or_add(RoomId(1));
  ASSERT_TRUE(table.jump(i, {Epoch(1), Seq(10), PrefixHash(1)}));
  table.raise_floor(i, Seq(15));
  ASSERT_TRUE(table.jump(i, {Epoch(1), Seq(5), PrefixHash(2)}));
  EXPECT_EQ(table.floor(i), Seq(15));
  ASSERT_TRUE(table.jump(i, {Epoch(2), Seq(3), PrefixHash(2)}));
  EXPECT_EQ(table.floor(i), Seq(3));
}

TEST(RoomTable, ACursorAtTheLargestThatFitsIsHeldAndOnePastItIsRefused) {
  HeapLender lender;
  RoomTable table(lender);
  const std::uint32_t i = table.find_or_add(RoomId(1));
  const wire::Cursor largest{Epoch(RoomCursor::kEpochMax), Seq(RoomCursor::kSeqMax), PrefixHash(~0ull)};
  ASSERT_TRUE(table.jump(i, largest));
  EXPECT_EQ(table.cursor(i).cursor(), largest);
  EXPECT_FALSE(table.advance(i, PrefixHash(1)));
  EXPECT_FALSE(table.jump(i, {Epoch(1), Seq(RoomCursor::kSeqMax + 1), PrefixHash()}));
  EXPECT_FALSE(table.jump(i, {Epoch(RoomCursor::kEpochMax + 1), Seq(1), PrefixHash()}));
  EXPECT_EQ(table.cursor(i).cursor(), largest);
}

TEST(RoomTable, AFloorTooFarAheadIsLoweredNeverRaised) {
  HeapLender lender;
  RoomTable table(lender);
  const std::uint32_t i = table.find_or_add(RoomId(1));
  table.raise_floor(i, Seq(1ull << 39));
  EXPECT_EQ(table.floor(i), Seq(RoomCounters::kFloorAheadMax));
}

TEST(RoomTable, StateRestoresToItself) {
  HeapLender lender;
  RoomTable table(lender);
  const RoomState state{.room = RoomId(3),
                        .cursor = {Epoch(2), Seq(100), PrefixHash(7)},
                        .floor = Seq(110),
                        .last_cseq = Cseq(9),
                        .mode = wire::SyncMode::Heads,
                        .member = false};
  table.restore(state);
  EXPECT_EQ(table.state(table.find(RoomId(3))), state);
}

TEST(RoomTable, AStoredCursorThatCannotBeHeldBeginsAnewButTheCounterStays) {
  HeapLender lender;
  RoomTable table(lender);
  table.restore({.room = RoomId(3), .cursor = {Epoch(1), Seq(1ull << 50), PrefixHash(7)}, .last_cseq = Cseq(9)});
  EXPECT_EQ(table.state(0).cursor, wire::Cursor{});
  EXPECT_EQ(table.state(0).last_cseq, Cseq(9));
}

/// Counts what is lent, to see that all comes back.
class CountingLender final : public RoomLender {
 public:
  RoomStorage grow(RoomStorage old, std::uint32_t used, std::uint32_t capacity) override {
    ++growths;
    lent += static_cast<int>(capacity) - static_cast<int>(old.capacity);
    return heap_.grow(old, used, capacity);
  }
  void give_back(RoomStorage storage) override {
    lent -= static_cast<int>(storage.capacity);
    heap_.give_back(storage);
  }
  int lent = 0;
  int growths = 0;

 private:
  HeapLender heap_;
};

TEST(RoomTable, GivesItsStorageBackAlsoWhenItWasMoved) {
  CountingLender lender;
  {
    RoomTable table(lender);
    for (std::uint64_t r = 1; r <= 100; ++r) table.find_or_add(RoomId(r));
    RoomTable moved(std::move(table));
    EXPECT_EQ(moved.size(), 100u);
    EXPECT_GE(lender.lent, 100);
  }
  EXPECT_EQ(lender.lent, 0);
}

TEST(RoomTable, AListOfKnownLengthCostsOneGrowthOfThatLength) {
  CountingLender lender;
  RoomTable table(lender);
  table.reserve(10);
  for (std::uint64_t r = 1; r <= 10; ++r) table.find_or_add(RoomId(r));
  EXPECT_EQ(lender.growths, 1);
  EXPECT_EQ(lender.lent, 10);
}

}  // namespace
}  // namespace starling::client
