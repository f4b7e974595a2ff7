#include "server/store/sqlite/free_space.h"

#include <gmock/gmock.h>

namespace starling::store {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

bool short_of(std::optional<Space> space) {
  return FreeSpace("x/starling.db", {.percent = 10, .bytes = 256 * kMiB}, [space](const std::string&) { return space; })
      .shortage()
      .has_value();
}

TEST(FreeSpace, IsShortBelowTheShareAndNotAtIt) {
  EXPECT_FALSE(short_of(Space{.total = 100'000 * kMiB, .free = 10'000 * kMiB}));
  EXPECT_TRUE(short_of(Space{.total = 100'000 * kMiB, .free = 10'000 * kMiB - 1}));
}

TEST(FreeSpace, IsShortBelowTheFloorWhateverTheShare) {
  EXPECT_FALSE(short_of(Space{.total = 300 * kMiB, .free = 256 * kMiB}));
  EXPECT_TRUE(short_of(Space{.total = 300 * kMiB, .free = 256 * kMiB - 1}));
}

TEST(FreeSpace, OfTheLargestVolumeIsJudgedToo) {
  EXPECT_FALSE(short_of(Space{.total = UINT64_MAX, .free = UINT64_MAX / 5}));
  EXPECT_TRUE(short_of(Space{.total = UINT64_MAX, .free = UINT64_MAX / 20}));
}

TEST(FreeSpace, ThatCannotBeToldIsNoShortage) { EXPECT_FALSE(short_of(std::nullopt)); }

TEST(FreeSpace, OfARealFolderIsKnown) {
  const auto space = space_of("/starling.db");
  ASSERT_TRUE(space.has_value());
  EXPECT_GT(space->total, 0u);
  EXPECT_LE(space->free, space->total);
}

}  // namespace
}  // namespace starling::store
