#include "server/core/flat_index.h"

#include <gtest/gtest.h>

#include <unordered_map>

namespace starling::core {
namespace {

TEST(FlatIndexTest, FindsWhatAMapFinds) {
  FlatIndex index;
  std::unordered_map<std::uint64_t, std::uint32_t> map;
  Rng rng(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t key = 1 + rng.below(500);
    const auto value = static_cast<std::uint32_t>(rng.next());
    if (rng.chance(1, 2)) {
      index.set(key, value);
      map[key] = value;
    } else {
      index.erase(key);
      map.erase(key);
    }
    const std::uint64_t probe = 1 + rng.below(500);
    const auto found = index.find(probe);
    ASSERT_EQ(found.has_value(), map.contains(probe));
    if (found) {
      ASSERT_EQ(*found, map[probe]);
    }
    ASSERT_EQ(index.size(), map.size());
  }
}

TEST(FlatIndexTest, ZeroNamesNothing) {
  FlatIndex index;
  EXPECT_FALSE(index.contains(0));
  index.set(1, 1);
  EXPECT_FALSE(index.contains(0));
  index.erase(0);
  EXPECT_EQ(index.size(), 1u);
}

}  // namespace
}  // namespace starling::core
