#include "loadsim/users/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace starling::users {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view kGood = R"(
name = "good"
users = 30
ramp = "500ms"
duration = "2m"
faults = ["@6s restart n1", "@5s kill n1"]
[rooms]
count = 3
members = 10
mode = "heads"
[[persona]]
name = "talker"
share = 2
think = "2s"
actions = { send = 1.5, mark_read = 1 }
[[persona]]
name = "silent"
[objectives]
p99_ms = 250
deliveries_per_s_min = 12.5
[fitness]
timer_lag_p99 = "80ms"
)";

std::vector<ScenarioError> errors_of(std::string_view text) {
  const auto scenario = parse_scenario(text);
  return scenario ? std::vector<ScenarioError>() : scenario.error();
}

TEST(Scenario, EveryKeyOfAFileArrives) {
  const auto scenario = parse_scenario(kGood);
  ASSERT_TRUE(scenario) << scenario.error().front().message;
  EXPECT_EQ("good", scenario->name);
  EXPECT_EQ(30u, scenario->users);
  EXPECT_EQ(Duration(500ms), scenario->ramp);
  EXPECT_EQ(Duration(2min), scenario->duration);
  EXPECT_EQ(3u, scenario->rooms.count);
  EXPECT_EQ(wire::SyncMode::Heads, scenario->rooms.mode);
  ASSERT_EQ(2u, scenario->personas.size());
  EXPECT_EQ(1500u, scenario->personas[0].weights[static_cast<std::size_t>(Action::Send)]);
  EXPECT_FALSE(scenario->personas[1].acts());
  EXPECT_EQ((std::vector<Objective>{{Goal::P99Ms, 250}, {Goal::DeliveriesPerSMin, 12.5}}), scenario->objectives);
  EXPECT_EQ(Duration(80ms), scenario->fitness.timer_lag_p99);
}

TEST(Scenario, FaultsComeInTheOrderOfTheirTimes) {
  const auto scenario = parse_scenario(kGood);
  ASSERT_TRUE(scenario);
  ASSERT_EQ(2u, scenario->faults.size());
  EXPECT_EQ(FaultKind::Kill, scenario->faults[0].kind);
  EXPECT_EQ(FaultKind::Restart, scenario->faults[1].kind);
}

TEST(Scenario, AllErrorsAreReportedAtOnceWithLineAndFix) {
  const auto errors = errors_of(R"(users = 0
duration = 10
colour = "red"
faults = ["@5s explode n1"]
[rooms]
kind = "secret"
[[persona]]
name = "p"
think = "1s"
actions = { sing = 1.0 }
[objectives]
p99_ms = "fast"
)");
  std::vector<std::uint32_t> lines;
  std::string all;
  for (const ScenarioError& error : errors) {
    lines.push_back(error.line);
    all += error.message + "\n";
  }
  // The persona's one action is unknown, so it also has nothing to do.
  EXPECT_EQ((std::vector<std::uint32_t>{1, 2, 3, 4, 6, 10, 10, 12}), lines) << all;
  EXPECT_THAT(all, HasSubstr("from 1 to 1000000"));
  EXPECT_THAT(all, HasSubstr("\"10s\""));
  EXPECT_THAT(all, HasSubstr("known here: name, about, users"));
  EXPECT_THAT(all, HasSubstr("there is no fault 'explode'"));
  EXPECT_THAT(all, HasSubstr("\"group\" or \"direct\""));
  EXPECT_THAT(all, HasSubstr("there are: send, reply"));
}

TEST(Scenario, WhatIsNoTomlIsReportedWithItsLine) {
  const auto errors = errors_of("users = 5\nusers = = 6\n");
  ASSERT_EQ(1u, errors.size());
  EXPECT_EQ(2u, errors[0].line);
}

TEST(Scenario, AnActingPersonaNeedsToKnowWhatToDoAndHowOften) {
  const auto errors = errors_of("[[persona]]\nname = \"p\"\nactions = { send = 1 }\n");
  ASSERT_FALSE(errors.empty());
  EXPECT_THAT(errors[0].message, HasSubstr("'think'"));
}

TEST(Scenario, ContradictionsAreFound) {
  Scenario scenario;
  EXPECT_THAT(contradictions(scenario), testing::ElementsAre(HasSubstr("[[persona]]")));
  scenario.personas.push_back({.name = "p"});
  EXPECT_THAT(contradictions(scenario), testing::IsEmpty());
  scenario.durable = false;
  scenario.faults = {{.at = 1s, .kind = FaultKind::ClientCrash, .permille = 100}, {.at = 1h, .kind = FaultKind::Heal}};
  scenario.rooms.members = 51;
  EXPECT_THAT(
      contradictions(scenario),
      testing::UnorderedElementsAre(HasSubstr("client.crash"), HasSubstr("more members"), HasSubstr("after the end")));
}

TEST(Scenario, PersonasAreSharedOutAsTheirShares) {
  Scenario scenario;
  scenario.personas = {{.name = "a", .share = 3}, {.name = "b", .share = 1}};
  std::array<int, 2> counts{};
  for (std::uint32_t user = 0; user < 400; ++user) ++counts[scenario.persona_of(user).name == "a" ? 0 : 1];
  EXPECT_EQ((std::array<int, 2>{300, 100}), counts);
}

TEST(Scenario, TheScenariosOfTheTreeAreGood) {
  std::size_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(STARLING_SCENARIOS)) {
    if (entry.path().extension() != ".toml") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const auto errors = errors_of(text.str());
    EXPECT_TRUE(errors.empty()) << entry.path() << ":" << errors.front().line << ": " << errors.front().message;
    ++found;
  }
  EXPECT_GE(found, 6u);
}

}  // namespace
}  // namespace starling::users
