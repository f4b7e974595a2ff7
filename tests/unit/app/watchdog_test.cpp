#include "server/app/watchdog.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace starling::app {
namespace {

using namespace std::chrono_literals;

constexpr Instant kStart = Instant(1h);

TEST(Watchdog, IsToldWhenEveryShardHasTurnedSince) {
  Watchdog watchdog(10s);
  EXPECT_TRUE(watchdog.due(kStart, {5, 7}));
  EXPECT_FALSE(watchdog.due(kStart + 9s, {6, 8})) << "it is not asked for yet";
  EXPECT_TRUE(watchdog.due(kStart + 10s, {6, 8}));
}

TEST(Watchdog, IsNotToldWhileOneShardStandsStill) {
  Watchdog watchdog(10s);
  EXPECT_TRUE(watchdog.due(kStart, {5, 7}));
  EXPECT_FALSE(watchdog.due(kStart + 10s, {5, 100}));
  EXPECT_FALSE(watchdog.due(kStart + 20s, {5, 200}));
  EXPECT_TRUE(watchdog.due(kStart + 21s, {6, 201})) << "at once when it turns again";
}

TEST(Watchdog, IsToldWhileANodeWaitsForItsPlaceAndNoShardRuns) {
  Watchdog watchdog(10s);
  EXPECT_TRUE(watchdog.due(kStart, {}));
  EXPECT_TRUE(watchdog.due(kStart + 10s, {}));
  EXPECT_TRUE(watchdog.due(kStart + 20s, {0, 0}));
  EXPECT_FALSE(watchdog.due(kStart + 30s, {0, 0}));
}

TEST(Watchdog, IsNeverToldWhenNobodyAsksForIt) {
  Watchdog watchdog(0s);
  EXPECT_FALSE(watchdog.due(kStart, {1}));
}

/// The two variables of systemd, gone with it.
struct Asked {
  Asked(const std::string& usec, const std::string& pid) {
    ::setenv("WATCHDOG_USEC", usec.c_str(), 1);
    ::setenv("WATCHDOG_PID", pid.c_str(), 1);
  }
  ~Asked() {
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
  }
};

TEST(WatchdogInterval, IsHalfOfWhatThisProcessIsGiven) {
  EXPECT_EQ(watchdog_interval(), 0s);
  const std::string self = std::to_string(::getpid());
  {
    const Asked asked("30000000", self);
    EXPECT_EQ(watchdog_interval(), 15s);
  }
  {
    const Asked asked("30000000", std::to_string(::getppid()));
    EXPECT_EQ(watchdog_interval(), 0s) << "another process is meant";
  }
  const Asked asked("soon", self);
  EXPECT_EQ(watchdog_interval(), 0s);
}

}  // namespace
}  // namespace starling::app
