// A node's lease: what the store is asked, and how long its answer is believed.
#include "server/core/lease.h"

#include <gtest/gtest.h>

namespace starling::core::testing {
namespace {

using namespace std::chrono_literals;

class LeaseTest : public ::testing::Test {
 protected:
  std::optional<ports::KeepLease> ask(Instant at) { return lease.ask({.at = at, .wall = {}}); }
  Lease::News answer(ports::StoreStatus status, ports::LeaseKept kept = {}) {
    ports::StoreCompletion done{.status = status};
    if (status == ports::StoreStatus::Ok) done.result = std::move(kept);
    return lease.answered(now, std::move(done));
  }
  ports::LeaseKept views(std::uint64_t from, std::uint64_t to, bool leaving = false) {
    ports::LeaseKept kept{.kept = true};
    for (; from <= to; ++from) {
      kept.views.push_back({.id = ViewId(from)});
      kept.views.back().add({.first = ShardId(2), .shards = 1, .boot = 9, .leaving = leaving});
    }
    return kept;
  }

  Config config;
  Instant now{1h};
  Lease lease{config, {.first = ShardId(2), .shards = 1, .boot = 9}};
};

TEST_F(LeaseTest, CountsFromBeforeTheStoreWasAsked) {
  const auto first = ask(now);
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->known);
  EXPECT_FALSE(ask(now + 10s)) << "one question at a time";
  now += 500ms;
  EXPECT_EQ(answer(ports::StoreStatus::Ok, views(7, 7)).views.size(), 1u);
  EXPECT_EQ(lease.until(), now - 500ms + config.node_lease);
  EXPECT_EQ(lease.next_deadline(), now - 500ms + config.node_lease / 3);
  now = lease.next_deadline();
  EXPECT_EQ(ask(now)->known, ViewId(7));
}

TEST_F(LeaseTest, AWrongClockIsHeldToTheStores) {
  const WallTime noon = wall_from_ms(1'800'000'000'000);
  const auto wall = [&](Duration after, Duration wrong_by) {
    return held_to(
               lease.store_clock(),
               {.at = now + after, .wall = noon + std::chrono::floor<std::chrono::milliseconds>(after + wrong_by)}) -
           noon;
  };
  EXPECT_EQ(wall(0s, 24h), 24h) << "nothing is known yet";
  ask(now);
  ports::LeaseKept kept = views(7, 7);
  kept.now = noon;
  answer(ports::StoreStatus::Ok, std::move(kept));
  EXPECT_EQ(wall(10s, 3s), 13s);
  EXPECT_EQ(wall(10s, 24h), 15s);
  EXPECT_EQ(wall(10s, -24h), 5s);
}

TEST_F(LeaseTest, AnOutageChangesNothingButTheLease) {
  ask(now);
  answer(ports::StoreStatus::Ok, views(7, 7));
  const Instant until = lease.until();
  for (int i = 0; i < 100; ++i) {
    now = lease.next_deadline();
    ASSERT_TRUE(ask(now));
    EXPECT_FALSE(answer(i % 2 == 0 ? ports::StoreStatus::Unknown : ports::StoreStatus::Unavailable).out);
  }
  EXPECT_EQ(lease.until(), until);
  now = lease.next_deadline();
  EXPECT_EQ(ask(now)->known, ViewId(7));
}

TEST_F(LeaseTest, WhoIsNotKeptIsOut) {
  ask(now);
  answer(ports::StoreStatus::Ok, views(7, 7));
  now = lease.next_deadline();
  ask(now);
  EXPECT_TRUE(answer(ports::StoreStatus::Ok, {}).out);
}

TEST_F(LeaseTest, AHurryWhileItAsksIsNotForgotten) {
  ask(now);
  lease.hurry(now);
  answer(ports::StoreStatus::Ok, views(7, 7));
  EXPECT_LT(lease.next_deadline(), now + 100ms);
}

TEST_F(LeaseTest, FewWhoLookCloserAskMoreOftenEachOnce) {
  ask(now);
  answer(ports::StoreStatus::Ok, views(7, 7));
  lease.look_closer(100);
  EXPECT_EQ(lease.next_deadline(), now + config.node_lease / 3);
  lease.look_closer(2);
  EXPECT_EQ(lease.next_deadline(), now + config.node_lease / 12);
  now = lease.next_deadline();
  ask(now);
  answer(ports::StoreStatus::Ok, {.kept = true});
  EXPECT_EQ(lease.next_deadline(), now + config.node_lease / 3);
}

TEST_F(LeaseTest, ItHasLeftWhenTheViewSaysSo) {
  ask(now);
  lease.leave(now);
  answer(ports::StoreStatus::Ok, views(7, 7));
  EXPECT_FALSE(lease.left());
  now = lease.next_deadline();
  EXPECT_TRUE(ask(now)->node.leaving);
  answer(ports::StoreStatus::Ok, views(8, 8, true));
  EXPECT_TRUE(lease.left());
}

}  // namespace
}  // namespace starling::core::testing
