#include "server/app/spare_memory.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace starling::app {
namespace {

using namespace std::chrono_literals;

TEST(SpareMemory, IsDueOnceWhenABurstOfReadingIsOver) {
  SpareMemory spare;
  Instant now{10min};
  EXPECT_FALSE(spare.due(now, 0));
  EXPECT_FALSE(spare.due(now += 10s, 5000)) << "they are still reading";
  EXPECT_FALSE(spare.due(now += 10s, 6000)) << "still more than hardly any";
  EXPECT_FALSE(spare.due(now += 5s, 6000)) << "not looked at so soon";
  EXPECT_TRUE(spare.due(now += 5s, 6050));
  EXPECT_FALSE(spare.due(now += 10s, 6050)) << "it has been given back";
  EXPECT_FALSE(spare.due(now += 10s, 6900)) << "no burst";
  EXPECT_FALSE(spare.due(now += 10s, 6900));
}

TEST(SpareMemory, HolesBetweenWhatIsInUseAreGivenBack) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer has an allocator of its own";
#endif
  constexpr int kBlocks = 2000;
  constexpr std::size_t kBytes = 16 * 1024;
  std::vector<std::unique_ptr<std::vector<char>>> pages;
  for (int i = 0; i < kBlocks; ++i) pages.push_back(std::make_unique<std::vector<char>>(kBytes, 'x'));
  for (int i = 0; i < kBlocks; ++i) {
    if (i % 10 != 0) pages[static_cast<std::size_t>(i)].reset();
  }
  EXPECT_GT(give_back_spare_memory(), kBlocks * kBytes / 2);
}

}  // namespace
}  // namespace starling::app
