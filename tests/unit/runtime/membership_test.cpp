#include "server/runtime/membership.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

#include "loadsim/sim/view_book.h"
#include "server/runtime/core_driver.h"

namespace starling::runtime {
namespace {

using namespace std::chrono_literals;

/// The view that all nodes share, as a store keeps it.
class SharedStore {
 public:
  ports::StoreCompletion keep(const ports::StoreOp& op) {
    const std::lock_guard lock(mutex_);
    ++asked_;
    if (away_) return {.status = ports::StoreStatus::Unavailable, .result = ports::Done{}};
    ports::LeaseKept kept = book_.keep(std::get<ports::KeepLease>(op.request), steady_now());
    kept.now = machine_now().wall + 1h;
    return {.result = std::move(kept)};
  }
  void be_away(bool away) {
    const std::lock_guard lock(mutex_);
    away_ = away;
  }
  int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  sim::ViewBook book_;
  int asked_ = 0;
  bool away_ = false;
};

/// A node's membership, and what it was told.
class Member {
 public:
  Member(SharedStore& store, std::uint16_t node, std::uint64_t boot, bool heard = true, Duration lease = 30s)
      : config_{.node_lease = lease},
        heard_(heard),
        membership_(config_, {.first = ShardId(static_cast<std::uint16_t>(node * 4)), .shards = 2, .boot = boot},
                    {.ask = [&](ports::StoreOp&& op) { membership_.answered(store.keep(op)); },
                     .told_time = [this](core::StoreClock clock) { tell([&] { clock_ = clock; }); },
                     .entered =
                         [this](ports::View&& view) {
                           EXPECT_TRUE(clock_) << "who is let in is let in by it";
                           tell([&] { views_.push_back(std::move(view)); });
                         },
                     .extended = [this](Instant until) { tell([&] { until_ = until; }); },
                     .heard =
                         [this](std::uint16_t) {
                           return Membership::Heard{.envelopes = heard_ ? ++said_ : 0, .hears = heard_};
                         },
                     .isolation =
                         [this](const Isolation& now) {
                           tell([&] {
                             isolated_ = now.isolated();
                             unreached_ = now.unreached().size();
                           });
                         },
                     .gave_way = [this] { tell([&] { gave_way_ = true; }); },
                     .left = [this] { tell([&] { left_ = true; }); },
                     .put_out = [this] { tell([&] { out_ = true; }); }}) {
    membership_.start();
  }
  ~Member() { membership_.stop(); }

  Membership& operator*() { return membership_; }
  /// Waits for it; what never comes fails the test.
  bool sees(const std::function<bool()>& something, std::chrono::milliseconds patience = 20s) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, something);
  }
  bool sees_nodes(std::size_t count) {
    return sees([&] { return !views_.empty() && views_.back().nodes.size() == count; });
  }

  core::Config config_;
  std::vector<ports::View> views_;
  Instant until_{};
  core::StoreClock clock_;
  std::atomic<bool> heard_ = true;  // the others are
  bool isolated_ = true;
  std::size_t unreached_ = 0;
  bool gave_way_ = false;
  bool left_ = false;
  bool out_ = false;

 private:
  void tell(const std::function<void()>& change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }

  std::uint64_t said_ = 0;  // the membership's thread's
  std::mutex mutex_;
  std::condition_variable changed_;
  Membership membership_;
};

TEST(MembershipTest, ANodeEntersTheViewAndHoldsALease) {
  SharedStore store;
  Member node(store, 0, 1);
  ASSERT_TRUE(node.sees_nodes(1));
  ASSERT_TRUE(node.sees([&] { return node.until_ > steady_now(); }));
  const auto ahead = [&] {
    const core::Now now = machine_now();
    return core::held_to(node.clock_, now) - now.wall;
  };
  // The store's clock is an hour ahead of the machine's, which is held to within five seconds of it.
  EXPECT_TRUE(node.sees([&] { return ahead() > 59min + 50s && ahead() < 1h; }));
}

TEST(MembershipTest, WhoHurriesHearsOfALaterViewBeforeItsLeaseIsDue) {
  SharedStore store;
  Member one(store, 0, 1);
  ASSERT_TRUE(one.sees_nodes(1));
  Member two(store, 1, 1);
  ASSERT_TRUE(two.sees_nodes(2));
  (*one).hurry();
  EXPECT_TRUE(one.sees_nodes(2));
}

TEST(MembershipTest, WhoLeavesIsToldOnceTheViewSaysSo) {
  SharedStore store;
  Member one(store, 0, 1);
  ASSERT_TRUE(one.sees_nodes(1));
  (*one).leave();
  ASSERT_TRUE(one.sees([&] { return one.left_; }));
  EXPECT_TRUE(one.views_.back().nodes.front().leaving);
  EXPECT_FALSE(one.out_);
}

bool is_home(const Member& member, std::size_t node) { return !member.views_.back().nodes.at(node).leaving; }

TEST(MembershipTest, WhoLeavesWhileTheStoreIsAwayIsToldOnceItsLeaseIsOver) {
  SharedStore store;
  Member one(store, 0, 1, true, 1s);
  ASSERT_TRUE(one.sees([&] { return !one.isolated_ && is_home(one, 0); }));
  store.be_away(true);
  (*one).leave();
  EXPECT_TRUE(one.sees([&] { return one.left_; }));
  EXPECT_GE(steady_now(), one.until_);
}

TEST(MembershipTest, WhoHearsNobodyJoinsAsLeavingAndHasHomesOnceItHears) {
  SharedStore store;
  Member one(store, 0, 1);
  ASSERT_TRUE(one.sees([&] { return !one.isolated_; }));
  Member two(store, 1, 1, false);
  ASSERT_TRUE(two.sees_nodes(2));
  EXPECT_FALSE(two.sees([&] { return !two.isolated_; }, 500ms));
  two.heard_ = true;
  EXPECT_TRUE(two.sees([&] { return !two.isolated_ && is_home(two, 1); }));
  EXPECT_FALSE(two.gave_way_);
}

TEST(MembershipTest, WhoIsCutOffGivesItsHomesAwayAndHasThemBack) {
  SharedStore store;
  Member one(store, 0, 1, true, 1s);
  ASSERT_TRUE(one.sees([&] { return !one.isolated_; }));
  Member two(store, 1, 1, true, 1s);
  ASSERT_TRUE(two.sees([&] { return !two.isolated_ && is_home(two, 1); }));
  two.heard_ = false;
  EXPECT_TRUE(two.sees([&] { return two.isolated_ && two.gave_way_ && !is_home(two, 1); }));
  EXPECT_FALSE(two.left_) << "it does not drain";
  two.heard_ = true;
  EXPECT_TRUE(two.sees([&] { return !two.isolated_ && is_home(two, 1); }));
}

TEST(MembershipTest, AnotherThatIsNotReachedIsLookedAtMoreOften) {
  SharedStore store;
  Member one(store, 0, 1, true, 36s);
  ASSERT_TRUE(one.sees([&] { return !one.isolated_; }));
  {
    Member two(store, 1, 1, true, 36s);
    ASSERT_TRUE(two.sees([&] { return !two.isolated_ && is_home(two, 1); }));
    (*one).hurry();
    ASSERT_TRUE(one.sees([&] { return one.views_.back().nodes.size() == 2 && is_home(one, 1); }));
  }
  one.heard_ = false;
  (*one).hurry();
  ASSERT_TRUE(one.sees([&] { return one.unreached_ == 1; }));
  const int before = store.asked();
  // Alone it asks each 1.5 s. A third of the lease is 12 s, and two leases, after which it would give its homes away, 72 s.
  EXPECT_TRUE(one.sees([&] { return store.asked() >= before + 2; }, 11s));
}

TEST(MembershipTest, WhosePlaceALaterProcessTakesIsOut) {
  SharedStore store;
  Member before(store, 0, 1);
  ASSERT_TRUE(before.sees_nodes(1));
  Member after(store, 0, 2);
  ASSERT_TRUE(after.sees_nodes(1));
  (*before).hurry();
  EXPECT_TRUE(before.sees([&] { return before.out_; }));
  EXPECT_FALSE(after.out_);
}

TEST(MembershipTest, AStoreThatIsAwayIsAskedAgain) {
  SharedStore store;
  store.be_away(true);
  Member node(store, 0, 1);
  store.be_away(false);
  EXPECT_TRUE(node.sees_nodes(1));
}

}  // namespace
}  // namespace starling::runtime
