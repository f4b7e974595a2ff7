#include "common/client/link.h"

#include <gtest/gtest.h>

#include "common/wire/close_code.h"

namespace starling::client {
namespace {

constexpr Instant kStart{std::chrono::hours(1)};

/// The delay before the next attempt when the connection ends with `code` for the n-th time in a row.
Duration delay_after(int failures, std::uint16_t code, std::uint64_t seed) {
  const Settings settings;
  Rng rng(seed);
  Link link;
  Instant now = kStart;
  for (int i = 0; i < failures; ++i) {
    link.connect(now);
    EXPECT_FALSE(link.ended(code, settings, now, rng));
    if (i + 1 < failures) now = link.deadline();
  }
  return link.deadline() - now;
}

TEST(Backoff, IsUniformBelowACeilingThatDoublesUpToTheCap) {
  for (const auto& [failures, ceiling] :
       {std::pair<int, Duration>(1, 1s), std::pair<int, Duration>(2, 2s), std::pair<int, Duration>(4, 8s),
        std::pair<int, Duration>(7, 60s), std::pair<int, Duration>(40, 60s), std::pair<int, Duration>(300, 60s)}) {
    Duration longest{}, shortest = kNever - kStart;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      const Duration delay = delay_after(failures, wire::close_code::kNone, seed * 7919);
      EXPECT_LE(delay, ceiling);
      longest = std::max(longest, delay);
      shortest = std::min(shortest, delay);
    }
    EXPECT_GT(longest, ceiling * 9 / 10) << failures;
    EXPECT_LT(shortest, ceiling / 10) << failures;
  }
}

TEST(Backoff, AConnectionThatHeldStartsItAnewAndOneThatDidNotGoesOn) {
  const auto ceiling_after_holding_for = [](Duration held) {
    const Settings settings;
    Duration longest{};
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      Rng rng(seed);
      Link link;
      Instant now = kStart;
      for (int i = 0; i < 6; ++i) {
        link.connect(now);
        link.ended(wire::close_code::kNone, settings, now, rng);
        now = link.deadline();
      }
      link.connect(now);
      link.authenticate(false);
      link.welcome(now);
      now += held;
      link.ended(wire::close_code::kNone, settings, now, rng);
      longest = std::max(longest, link.deadline() - now);
    }
    return longest;
  };
  EXPECT_LE(ceiling_after_holding_for(limits::kStableAfter), 1s);
  EXPECT_GT(ceiling_after_holding_for(limits::kStableAfter - 1ms), 30s);
}

TEST(Backoff, ASlotNamedByTheServerIsKeptExactlyAndOnce) {
  const Settings settings;
  Rng rng(1);
  Link link;
  link.connect(kStart);
  link.authenticate(false);
  link.welcome(kStart);
  link.reconnect_after(3200, 0);
  link.ended(wire::close_code::kDraining, settings, kStart, rng);
  EXPECT_EQ(link.deadline(), kStart + 3200ms);
  link.connect(link.deadline());
  link.ended(wire::close_code::kNone, settings, kStart, rng);
  EXPECT_NE(link.deadline(), kStart + 3200ms);
}

TEST(Backoff, NoServerCanSendAClientAwayForLongerThanTheLatestSlot) {
  const Settings settings;
  Rng rng(1);
  Link link;
  link.connect(kStart);
  link.reconnect_after(UINT32_MAX, 0);
  link.ended(wire::close_code::kDraining, settings, kStart, rng);
  EXPECT_EQ(link.deadline(), kStart + settings.slot_max);
}

TEST(Link, ARefusedTicketFallsBackToTheTokenAtOnce) {
  const Settings settings;
  for (const std::uint16_t code : {wire::close_code::kUnauthorized, wire::close_code::kTokenExpired}) {
    Rng rng(1);
    Link link;
    link.connect(kStart);
    EXPECT_TRUE(link.authenticate(true));
    EXPECT_FALSE(link.ended(code, settings, kStart, rng));
    EXPECT_EQ(link.deadline(), kStart);
    link.connect(kStart);
    EXPECT_FALSE(link.authenticate(true)) << "the ticket is not tried again";
    link.welcome(kStart);
    link.ended(wire::close_code::kNone, settings, kStart, rng);
    link.connect(link.deadline());
    EXPECT_TRUE(link.authenticate(true)) << "the next ticket is another one";
  }
}

TEST(Link, ClosesThatNoRetryCanMendStopIt) {
  const Settings settings;
  for (const auto& [code, reason] : {std::pair(wire::close_code::kUnauthorized, FatalReason::Unauthorized),
                                     std::pair(wire::close_code::kTokenExpired, FatalReason::TokenExpired),
                                     std::pair(wire::close_code::kFenced, FatalReason::Fenced),
                                     std::pair(wire::close_code::kVersion, FatalReason::Version)}) {
    Rng rng(1);
    Link link;
    link.connect(kStart);
    link.authenticate(false);
    EXPECT_EQ(link.ended(code, settings, kStart, rng), reason);
    EXPECT_EQ(link.state(), LinkState::Stopped);
    EXPECT_EQ(link.deadline(), kNever);
  }
}

TEST(Link, AllOtherClosesAreTriedAgain) {
  const Settings settings;
  for (const std::uint16_t code :
       {wire::close_code::kNone, wire::close_code::kNormal, wire::close_code::kProtocolError,
        wire::close_code::kSlowReader, wire::close_code::kDraining, wire::close_code::kOverloaded}) {
    Rng rng(1);
    Link link;
    link.connect(kStart);
    EXPECT_FALSE(link.ended(code, settings, kStart, rng));
    EXPECT_EQ(link.state(), LinkState::Waiting);
    EXPECT_LE(link.deadline(), kStart + 1s);
  }
}

}  // namespace
}  // namespace starling::client
