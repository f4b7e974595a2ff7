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

TEST(Crowd, TheOthersTakeOverFromAServerThatStaysDown) {
  const Report report = Crowd(small("@2s kill n1")).run();
  EXPECT_EQ(report.violations, 0u);
  EXPECT_EQ(report.tally.deliveries, report.events * 20);
}

TEST(Crowd, WhoIsNeverConnectedIsNotAtRest) {
  const Report report = Crowd(small("@2s cut 100% 2m")).run();
  ASSERT_EQ(report.violations, 1u);
  EXPECT_EQ(report.first.front().guarantee, check::Guarantee::G15_Liveness);
  EXPECT_THAT(report.first.front().text, HasSubstr("is not connected"));
}

/// A server that closes a connection has forgotten it at once; the device hears of it later.
TEST(Crowd, WhoIsBeingClosedByAServerThatDiesComesAgain) {
  Options options = small("@6s kill n1\n@7s restart n1\n@9s kill n3\n@10s restart n3");
  options.config.outbox_bytes_soft = 5000;  // which a device tells to have drained every five seconds
  options.config.lagging_deadline = 1s;
  options.scenario.personas.front().think = 200ms;
  options.link_latency = {900ms, 900ms};
  const Report report = Crowd(std::move(options)).run();
  EXPECT_EQ(report.violations, 0u) << to_string(report.first.front());
  EXPECT_GT(report.tally.logins, 600u) << "nobody was closed";
}

/// The parts of one cluster, not running.
struct Parts {
  Common common{small("")};
  Context context{common};
  Plan plan{{.cluster = 0, .users = 120, .members = 20, .passes = 2}, 1};
  Words words{context.options.scenario, plan};
  Log log{plan, words, context.violations};
  People people{context, plan, words, log, 0};
  Unpacking unpacking{context, plan};

  /// The first user is answered that its first room begins anew behind `start`.
  void reset(Seq start, Seq head) {
    Parcel parcel;
    parcel.frame = wire::Synced{.rooms = {{.room = plan.room_id(plan.place_of(0, 0).room),
                                           .status = wire::SyncStatus::Reset,
                                           .reason = wire::ResetReason::TooFar,
                                           .epoch = Epoch(1),
                                           .head = head,
                                           .start = {.epoch = Epoch(1), .seq = start}}}};
    people.receive(0, parcel, unpacking);
  }
};

TEST(Crowd, NobodyIsResetWhoIsNotTooFarBehind) {
  Parts far;
  const std::uint64_t most = far.log.founded().value + far.context.options.config.reset_beyond_events;
  far.reset(Seq(most), Seq(most + 1));
  EXPECT_TRUE(far.context.violations.empty());
  EXPECT_EQ(far.context.tally.skipped, static_cast<std::int64_t>(far.context.options.config.reset_beyond_events));

  Parts near;
  near.reset(Seq(most), Seq(most));
  ASSERT_EQ(near.context.violations.count(), 1u);
  EXPECT_EQ(near.context.violations.kept().front().guarantee, check::Guarantee::G13_Resume);
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
  EXPECT_TRUE(refusals(small("@1s kill n1\n@2s restart n1\n@3s kill n2")).empty());
  EXPECT_THAT(refusals(small("@1s kill n1\n@2s kill n2\n@3s kill n3")),
              ElementsAre("'@2s kill n2': no server of its cluster is left: add a restart of one of them"));
}

}  // namespace
}  // namespace starling::crowd
