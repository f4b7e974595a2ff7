// In virtual time.
#include "server/accounts/throttle.h"

#include <gtest/gtest.h>

namespace starling::accounts {
namespace {

using namespace std::chrono_literals;

TEST(Buckets, ABurstIsFreeAndThenItIsTheRate) {
  Buckets buckets(3, 60);
  const Instant start{};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(buckets.take("a", 1, start), 0u);
  EXPECT_EQ(buckets.take("a", 1, start), 1000u);
  EXPECT_EQ(buckets.take("b", 1, start), 0u);
  EXPECT_GT(buckets.take("a", 1, start + 999ms), 0u);
  EXPECT_EQ(buckets.take("a", 1, start + 1000ms), 0u);
  // Rest earns a burst, and no more.
  for (int i = 0; i < 3; ++i) EXPECT_EQ(buckets.take("a", 1, start + 1h), 0u);
  EXPECT_GT(buckets.take("a", 1, start + 1h), 0u);
}

TEST(Buckets, TheWaitThatIsSaidIsLongEnough) {
  Buckets buckets(5, 7);
  Instant now{};
  EXPECT_EQ(buckets.take("a", 5, now), 0u);
  const std::uint32_t ms = buckets.take("a", 3, now);
  EXPECT_GT(buckets.take("a", 3, now + std::chrono::milliseconds(ms / 2)), 0u);
  EXPECT_EQ(buckets.take("a", 3, now + std::chrono::milliseconds(ms)), 0u);
}

TEST(Buckets, HoldNoMoreKeysThanTheyMay) {
  Buckets buckets(1, 1, 2);
  EXPECT_EQ(buckets.take("a", 1, Instant{}), 0u);
  EXPECT_EQ(buckets.take("b", 1, Instant{}), 0u);
  EXPECT_GT(buckets.take("a", 1, Instant{}), 0u);  // looked at again: b is the older
  EXPECT_EQ(buckets.take("c", 1, Instant{}), 0u);
  EXPECT_GT(buckets.take("a", 1, Instant{}), 0u);
  EXPECT_EQ(buckets.take("b", 1, Instant{}), 0u);  // forgotten
}

TEST(GuessDelay, DoublesAndLocksNobodyOut) {
  GuessDelay guesses;
  Instant now{};
  std::uint32_t before = 0;
  for (int i = 0; i < 12; ++i) {
    ASSERT_EQ(guesses.attempt("ada", "net", now), 0u);
    const std::uint32_t wait = guesses.wait("ada", "net", now);
    const std::uint32_t expected = i < 2 ? 0u : i == 2 ? 1000u : std::min(before * 2, 30'000u);
    EXPECT_EQ(wait, expected);
    if (wait > 0) {
      EXPECT_EQ(guesses.attempt("ada", "net", now), wait);
    }
    before = wait;
    now += std::chrono::milliseconds(wait);
  }
}

TEST(GuessDelay, AStrangersGuessesDoNotKeepTheOwnerWaiting) {
  GuessDelay guesses;
  EXPECT_EQ(guesses.attempt("ada", "home", Instant{}), 0u);
  guesses.succeeded("ada", "home");
  for (int i = 0; i < 3; ++i) guesses.attempt("ada", "abroad", Instant{});
  EXPECT_GT(guesses.attempt("ada", "elsewhere", Instant{}), 0u);
  EXPECT_EQ(guesses.attempt("ada", "home", Instant{}), 0u);
  EXPECT_EQ(guesses.attempt("bob", "abroad", Instant{}), 0u);
}

TEST(Network, IsWhatOneCustomerHas) {
  EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), network_of("2001:db8:1:2::9"));
  EXPECT_NE(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
}

}  // namespace
}  // namespace starling::accounts
