#include "loadsim/users/persona.h"

#include <gtest/gtest.h>

namespace starling::users {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSteps = 20'000;

Persona talker() {
  Persona persona{.name = "talker", .think = 1s};
  persona.weights[static_cast<std::size_t>(Action::Send)] = 3000;
  persona.weights[static_cast<std::size_t>(Action::Scroll)] = 1000;
  return persona;
}

TEST(Persona, WaitsHaveTheMeanThatWasAskedFor) {
  Duration total{};
  for (std::uint64_t n = 0; n < kSteps; ++n) total += nth_step(talker(), 1, 7, n).wait;
  const double mean_s = std::chrono::duration<double>(total).count() / kSteps;
  EXPECT_NEAR(1.0, mean_s, 0.03);  // four standard errors
}

TEST(Persona, ActionsComeAsOftenAsTheirWeights) {
  std::array<std::uint64_t, kActions> counts{};
  for (std::uint64_t n = 0; n < kSteps; ++n) ++counts[static_cast<std::size_t>(nth_step(talker(), 1, 7, n).action)];
  EXPECT_NEAR(0.75, static_cast<double>(counts[static_cast<std::size_t>(Action::Send)]) / kSteps, 0.015);
  EXPECT_EQ(kSteps, counts[static_cast<std::size_t>(Action::Send)] + counts[static_cast<std::size_t>(Action::Scroll)]);
}

TEST(Persona, ADayIsTheSameInEveryRunOfASeedAndDiffersBetweenUsers) {
  const Step step = nth_step(talker(), 5, 3, 11);
  EXPECT_EQ(step.wait, nth_step(talker(), 5, 3, 11).wait);
  EXPECT_NE(step.wait, nth_step(talker(), 5, 4, 11).wait);
  EXPECT_NE(step.wait, nth_step(talker(), 6, 3, 11).wait);
}

TEST(Persona, ActionNamesAreReadBack) {
  for (std::size_t i = 0; i < kActions; ++i) {
    EXPECT_EQ(static_cast<Action>(i), action_by_name(name_of(static_cast<Action>(i))));
  }
  EXPECT_EQ(std::nullopt, action_by_name("sing"));
}

}  // namespace
}  // namespace starling::users
