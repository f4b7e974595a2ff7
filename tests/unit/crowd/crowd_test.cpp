#include "loadsim/crowd/crowd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace starling::crowd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

users::Persona writer() {
  users::Persona persona{.name = "writer", .share = 1, .think = 1s, .message_bytes = 80};
  persona.weights[static_cast<std::size_t>(users::Action::Send)] = 1000;
  persona.weights[static_cast<std::size_t>(users::Action::SwitchRoom)] = 500;
  return persona;
}

Options small(std::string_view faults) {
  Options options{.clusters = 2, .nodes = 2, .shards = 2};
  options.scenario = {.users = 240, .ramp = 1s, .duration = 12s};
  options.scenario.rooms = {.count = 24, .members = 20};
  options.scenario.personas = {writer(), {.name = "reader", .share = 3}};
  options.scenario.faults = *users::parse_faults(faults);
  return options;
}

TEST(Crowd, EverybodyIsShownEveryEventOnce) {
  const Report report = Crowd(small("")).run();
  EXPECT_EQ(report.violations, 0u);
  EXPECT_GT(report.events, 300u);
  EXPECT_EQ(report.tally.acks, report.events);
  EXPECT_EQ(report.tally.deliveries, report.events * 20);
}

TEST(Crowd, FaultsTakeNothingAndDoubleNothing) {
  const Report report = Crowd(small("@2s kill n1\n@3s restart n1\n@4s cut 50% 2s\n@6s ring.drop 60% 1s\n"
                                    "@7s bus.cut n3>n4 2s\n@7s bus.drop 30% 1s\n"
                                    "@8s store.lost_reply 50% 1s\n@10s kill n4\n@11s restart n4"))
                            .run();
  EXPECT_EQ(report.violations, 0u);
  EXPECT_EQ(report.tally.deliveries, report.events * 20);
  EXPECT_TRUE(report.idle_faults.empty());
  EXPECT_GT(report.tally.killed, 80u);
  EXPECT_GT(report.tally.cut, 50u);
  EXPECT_GT(report.tally.envelopes_dropped, 100u);
  EXPECT_GT(report.tally.replies_lost, 0u);
}

TEST(Crowd, AFaultThatStruckNothingIsTold) {
  const Report report = Crowd(small("@2s restart n1\n@3s ring.drop 60% 1s")).run();
  EXPECT_THAT(report.idle_faults, ElementsAre("@2s restart n1"));
}

TEST(Crowd, NobodyRunsAheadOfALostAnswer) {
  Options options = small("@2s cut 60% 3s\n@4s ring.drop 30% 7s");
  options.scenario.users = 2400;
  options.scenario.rooms.count = 120;
  options.scenario.personas.front().think = 50ms;
  const Report report = Crowd(std::move(options)).run();
  EXPECT_EQ(report.violations, 0u);
}

TEST(Crowd, IsAFunctionOfItsOptions) {
  const Report first = Crowd(small("@2s kill n1\n@3s restart n1")).run();
  const Report second = Crowd(small("@2s kill n1\n@3s restart n1")).run();
  EXPECT_EQ(first.trace, second.trace);
  Options other = small("@2s kill n1\n@3s restart n1");
  other.seed = 2;
  EXPECT_NE(Crowd(std::move(other)).run().trace, first.trace);
}

TEST(Crowd, AServerThatStaysDownIsNotAtRest) {
  const Report report = Crowd(small("@2s kill n1")).run();
  ASSERT_EQ(report.violations, 1u);
  EXPECT_EQ(report.first.front().guarantee, check::Guarantee::G15_Liveness);
  EXPECT_THAT(report.first.front().text, HasSubstr("wait"));
}

TEST(Crowd, RefusesWhatItCannotDo) {
  Options options = small("@1s client.clone 1\n@2s bus.cut n2>n3 1s\n@3s kill n5");
  options.shards = 65;
  options.scenario.users = 230;
  options.scenario.personas.front().weights[static_cast<std::size_t>(users::Action::Edit)] = 1;
  EXPECT_THAT(refusals(options),
              ElementsAre(HasSubstr("1 to 64 shards"), HasSubstr("multiple of clusters times members"),
                          HasSubstr("1 to 8 rooms"), HasSubstr("client.clone"), HasSubstr("of one cluster"),
                          HasSubstr("no such server"), HasSubstr("'edit'")));
  EXPECT_TRUE(refusals(small("")).empty());
}

}  // namespace
}  // namespace starling::crowd
