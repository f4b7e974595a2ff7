// In the GoogleTest programs of starling_planted: STARLING_MUTANT chooses the bug that is planted for the run.
#include <gtest/gtest.h>

#include <cstdlib>

#include "common/base/mutant.h"

namespace {

class Planted : public testing::Environment {
  void SetUp() override {
    ASSERT_TRUE(starling::plant(std::getenv("STARLING_MUTANT"))) << "STARLING_MUTANT names no planted bug";
  }
};

[[maybe_unused]] const testing::Environment* const planted = testing::AddGlobalTestEnvironment(new Planted);

}  // namespace
