#include "tests/contract/store/vfs/unsynced_file.h"

#include <gtest/gtest.h>

#include <set>

namespace starling::contract {
namespace {

TEST(UnsyncedFile, WhatWasSyncedSurvivesEveryLoss) {
  UnsyncedFile file(std::nullopt);
  file.write(0, std::string(2000, 'a'));
  file.sync(file.writes());
  file.write(0, std::string(2000, 'b'));
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Rng rng(seed);
    const auto left = file.after_power_loss(rng);
    ASSERT_TRUE(left.has_value());
    EXPECT_EQ(left->size(), 2000u);
    EXPECT_EQ(left->find_first_not_of("ab"), std::string::npos);
  }
}

TEST(UnsyncedFile, AnUnsyncedWriteIsKeptDroppedOrTornAtSectors) {
  UnsyncedFile file(std::string(1536, '.'));
  file.write(256, std::string(1024, 'x'));
  std::set<std::string> found;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Rng rng(seed);
    found.insert(*file.after_power_loss(rng));
  }
  EXPECT_EQ(found.size(), 8u) << "three sectors, each there or not";
}

TEST(UnsyncedFile, ANewFileMayNotBeThereAtAll) {
  UnsyncedFile file(std::nullopt);
  file.write(0, "x");
  std::size_t missing = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Rng rng(seed);
    if (!file.after_power_loss(rng)) ++missing;
  }
  EXPECT_GT(missing, 0u);
  EXPECT_LT(missing, 100u);
}

TEST(UnsyncedFile, ASyncCoversOnlyWhatWasWrittenBeforeItBegan) {
  UnsyncedFile file(std::string("...."));
  file.write(0, "a");
  const auto began = file.writes();
  file.write(1, "b");
  file.sync(began);
  bool dropped = false;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Rng rng(seed);
    const auto left = file.after_power_loss(rng);
    EXPECT_EQ(left->front(), 'a');
    dropped = dropped || (*left)[1] == '.';
  }
  EXPECT_TRUE(dropped);
}

}  // namespace
}  // namespace starling::contract
