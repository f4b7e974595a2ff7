#include "loadsim/users/faults/fault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace starling::users {
namespace {

using namespace std::chrono_literals;

constexpr const char* kEveryKind = R"(
@8s   kill n1                      # a comment
@9s   power_loss n1
@11s  restart n1
@12s  pause n1 9s ; oom n1 40KB 9s
@20s  cut 30% 6s
@22s  ring.drop 20.5% 2s
@24s  bus.drop 30% 2s ; bus.dup 5% 8s ; bus.reorder 20ms 8s ; bus.cut n1>n2 6s
@30s  store.lost_reply 30% 4s ; store.unavailable 3s ; store.full 3s ; store.stop ; store.slow 400ms 5s
@35s  store.restore 5s ; store.copy_back 2500ms
@38s  pg.cancel_syncwait 30% 4s ; pg.failover sync ; pg.failover async ; pg.restart ; pg.deadlock 20% 2s
@45s  redis.flush ; redis.down 8s ; redis.stale 2s ; redis.failover ; redis.slow 400ms 5s
@40s  client.crash 10% ; client.slow 5% 2KB/s 20s ; client.clone 1 ; client.offline 20% 5s
@50s  clock.step n1 -3600s ; clock.drift n1 -500ppm
@60s  member.kick_race 20 ; retention.cut 30% ; drain n1
@62s  account.join 3
@70s  heal
)";

TEST(FaultSchedule, EveryKindIsReadAndWrittenBackAlike) {
  const auto faults = parse_faults(kEveryKind);
  ASSERT_TRUE(faults.has_value()) << faults.error().text;
  std::set<FaultKind> kinds;
  std::string written;
  for (const Fault& fault : *faults) {
    kinds.insert(fault.kind);
    written += to_string(fault) + "\n";
  }
  EXPECT_EQ(kinds.size(), kFaultKinds);
  for (const Fault& fault : *faults) EXPECT_EQ(only_its_own(fault), fault);
  EXPECT_EQ(parse_faults(written).value(), *faults);
}

TEST(FaultSchedule, ArgumentsMeanWhatTheySay) {
  const std::vector<Fault> faults = parse_faults("@1500ms client.slow 2.5% 2KB/s 20s\n@1s clock.step n2 -1h").value();
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_EQ(faults[0], (Fault{.at = 1s, .kind = FaultKind::ClockStep, .node = 2, .span = -1h}));
  EXPECT_EQ(faults[1],
            (Fault{.at = 1500ms, .kind = FaultKind::ClientSlow, .permille = 25, .bytes_per_s = 2000, .span = 20s}));
}

TEST(FaultSchedule, WhatAKindDoesNotTakeIsDropped) {
  const Fault kill{.at = 1s, .kind = FaultKind::Kill, .node = 1, .permille = 5, .count = 2, .span = 3s};
  EXPECT_EQ(only_its_own(kill), (Fault{.at = 1s, .kind = FaultKind::Kill, .node = 1}));
}

TEST(FaultSchedule, AnErrorNamesItsLine) {
  const std::pair<const char*, std::size_t> cases[] = {
      {"kill n1", 1},         {"@1s kill n1\n@2s kil n1", 2}, {"@1s kill", 1},          {"@1s kill n0", 1},
      {"@1s kill n1 now", 1}, {"@1s bus.cut n1>n1 1s", 1},    {"@1s bus.cut n1 1s", 1}, {"@1s bus.cut n1>2 1s", 1},
      {"\n\n@-1s heal", 3},   {"@1s cut 101% 1s", 1},         {"@1s cut 5 1s", 1},      {"@1s pause n1 3", 1},
      {"@1s pg.failover", 1}, {"@1s pg.failover later", 1},   {"@1s heal ; ", 1},       {"@1s clock.drift n1 5", 1}};
  for (const auto& [text, line] : cases) {
    const auto faults = parse_faults(text);
    ASSERT_FALSE(faults.has_value()) << text;
    EXPECT_EQ(faults.error().line, line) << text;
  }
}

/// Else it would be another number than was written, or a run without an end.
TEST(FaultSchedule, WhatIsBeyondAllMeasureIsRefusedWithWhatIsTaken) {
  const std::pair<const char*, const char*> cases[] = {
      {"@1s cut 429496730% 1s", "a share from 0% to 100%"},
      {"@1s member.kick_race 10001", "a number from 0 to 10000"},
      {"@25h kill n1", "a time up to 24h"},
      {"@1s pause n1 25h", "a duration from 0s to 24h"},
      {"@1s pause n1 -1s", "a duration from 0s to 24h"},
      {"@1s store.slow 25h 1s", "a delay from 0s to 24h"},
      {"@1s oom n1 18446744073709551KB 1s", "a size up to 1 GB"},
      {"@1s client.slow 5% 18446744073709551KB/s 1s", "a rate up to 1 GB/s"},
  };
  for (const auto& [text, wanted] : cases) {
    const auto faults = parse_faults(text);
    ASSERT_FALSE(faults.has_value()) << text;
    EXPECT_THAT(faults.error().text, testing::HasSubstr(wanted)) << text;
  }
  const auto most = parse_faults("@24h pause n1 24h ; member.kick_race 10000 ; clock.step n1 -1000000h");
  EXPECT_TRUE(most.has_value()) << most.error().text;
}

TEST(FaultSchedule, AScheduleHasAnEnd) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "@1s heal\n";
  EXPECT_EQ(parse_faults(text).value().size(), 10'000u);
  const auto faults = parse_faults(text + "\n@1s heal");
  ASSERT_FALSE(faults.has_value());
  EXPECT_EQ(faults.error().line, 10'002u);
}

}  // namespace
}  // namespace starling::users
