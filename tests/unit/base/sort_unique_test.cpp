#include "common/base/sort_unique.h"

#include <gtest/gtest.h>

namespace starling {
namespace {

TEST(SortUnique, LeavesEachValueOnceAndAscending) {
  std::vector<int> values{3, 1, 2, 3, 1, 3};
  sort_unique(values);
  EXPECT_EQ(values, (std::vector{1, 2, 3}));
}

}  // namespace
}  // namespace starling
