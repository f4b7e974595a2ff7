// The view, its leases, and the fences of the rooms' homes. A file has one node: this is of stores that several share.
#include <gmock/gmock.h>

#include "tests/contract/store/contract_test.h"

namespace starling::contract {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration kLease = 3s;

ports::ViewNode node(std::uint16_t n, std::uint64_t boot = 1) {
  return {.first = ShardId(static_cast<std::uint16_t>(n * 4)), .shards = 4, .boot = boot};
}

class StoreLeases : public StoreContract {
 protected:
  ports::LeaseKept keep(const ports::ViewNode& node, ViewId known) {
    return subject_->get<ports::LeaseKept>(ports::KeepLease{.node = node, .lease = kLease, .known = known});
  }
  /// The present view, to a new process.
  ports::View join(const ports::ViewNode& node) {
    const ports::LeaseKept kept = keep(node, ViewId());
    return kept.views.empty() ? ports::View{} : kept.views.back();
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreLeases,
                         testing::Values(Kind::Model, Kind::PostgresModel, Kind::Postgres, Kind::PostgresParts),
                         [](const auto& each) { return name_of(each.param); });

TEST_P(StoreLeases, EachThatJoinsRaisesTheNumberAndARepeatDoesNot) {
  const ports::View one = join(node(1));
  EXPECT_THAT(one.nodes, ElementsAre(node(1)));
  EXPECT_EQ(one.shards.size(), 4u);
  const ports::View two = join(node(0));
  EXPECT_THAT(two.nodes, ElementsAre(node(0), node(1)));
  EXPECT_EQ(two.id, one.id.next());
  EXPECT_EQ(join(node(0)).id, two.id) << "the answer was lost";
  EXPECT_TRUE(keep(node(1), two.id).kept);
  EXPECT_THAT(keep(node(1), two.id).views, IsEmpty());
}

TEST_P(StoreLeases, NobodyMissesAView) {
  ViewId known = join(node(0)).id;
  join(node(1));
  join(node(2));
  const ports::LeaseKept kept = keep(node(0), known);
  ASSERT_EQ(kept.views.size(), 2u);
  EXPECT_THAT(kept.views[0].nodes, ElementsAre(node(0), node(1)));
  EXPECT_THAT(kept.views[1].nodes, ElementsAre(node(0), node(1), node(2)));
  EXPECT_EQ(kept.views[1].id, kept.views[0].id.next());
  for (std::uint64_t boot = 2; boot < ports::kViewsKept + 3; ++boot) join(node(1, boot));
  EXPECT_FALSE(keep(node(0), known).kept) << "it knows none of those that are kept";
}

TEST_P(StoreLeases, WhoDoesNotComeIsPutOutAndNotLetInAsTheSameProcess) {
  join(node(0));
  const ViewId both = join(node(1)).id;
  for (int i = 0; i < 4; ++i) {
    subject_->pass(1s);
    keep(node(0), both);
  }
  const ports::LeaseKept alone = keep(node(0), both);
  ASSERT_EQ(alone.views.size(), 1u);
  EXPECT_THAT(alone.views[0].nodes, ElementsAre(node(0)));
  EXPECT_FALSE(keep(node(1), both).kept);
  EXPECT_THAT(join(node(1, 2)).nodes, ElementsAre(node(0), node(1, 2)));
}

TEST_P(StoreLeases, TimeInWhichNobodyCameCountsForHalfALeaseAtMost) {
  join(node(0));
  const ViewId both = join(node(1)).id;
  subject_->pass(1h);
  EXPECT_THAT(keep(node(0), both).views, IsEmpty());
  EXPECT_TRUE(keep(node(1), both).kept);
}

TEST_P(StoreLeases, ALaterProcessTakesThePlaceOfAnEarlierOneAndNotTheOtherWay) {
  join(node(0, 5));
  const ViewId before = join(node(1, 5)).id;
  EXPECT_FALSE(keep(node(1, 4), ViewId()).kept);
  const ports::View after = join(node(1, 6));
  EXPECT_THAT(after.nodes, ElementsAre(node(0, 5), node(1, 6)));
  EXPECT_EQ(after.id, before.next());
  EXPECT_FALSE(keep(node(1, 5), before).kept);
}

TEST_P(StoreLeases, WhoLeavesStaysInTheViewMarked) {
  join(node(0));
  const ViewId before = join(node(1)).id;
  ports::ViewNode leaving = node(1);
  leaving.leaving = true;
  const ports::LeaseKept after = keep(leaving, before);
  EXPECT_TRUE(after.kept);
  ASSERT_EQ(after.views.size(), 1u);
  EXPECT_THAT(after.views[0].nodes, ElementsAre(node(0), leaving));
}

// ---- fences

class StoreFences : public StoreLeases {
 protected:
  ports::RoomLoaded load_as(std::uint64_t fence) {
    return subject_->get<ports::RoomLoaded>(ports::LoadRoom{.room = kRoom, .fence = ViewId(fence)});
  }
  ports::Committed commit_as(std::uint64_t fence, std::uint32_t cseq) {
    ports::CommitBatch one = batch({row(kAda, cseq)});
    one.fence = ViewId(fence);
    return subject_->get<ports::Committed>(std::move(one));
  }
  ports::EpochRaised raise_as(std::uint64_t fence, Epoch expected, Epoch to) {
    return subject_->get<ports::EpochRaised>(
        ports::RaiseEpoch{.room = kRoom, .expected = expected, .to = to, .fence = ViewId(fence)});
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreFences,
                         testing::Values(Kind::Model, Kind::PostgresModel, Kind::Postgres, Kind::PostgresParts),
                         [](const auto& each) { return name_of(each.param); });

TEST_P(StoreFences, WhoeverLoadsTheRoomInALaterViewHasItAlone) {
  ASSERT_TRUE(load_as(3).exists);
  EXPECT_FALSE(commit_as(3, 1).fenced);
  const ports::RoomLoaded taken = load_as(4);
  EXPECT_EQ(taken.head, Seq(4));
  const ports::Committed late = commit_as(3, 2);
  EXPECT_TRUE(late.fenced);
  EXPECT_THAT(late.results, IsEmpty());
  EXPECT_TRUE(load_as(3).fenced);
  EXPECT_EQ(load_as(4).head, Seq(4));
  const ports::Committed next = commit_as(4, 2);
  EXPECT_EQ(next.results.at(0).status, wire::SendStatus::Accepted) << "what was refused has consumed no number";
}

TEST_P(StoreFences, WhoHasTheRoomNoMoreRaisesNoEpoch) {
  load_as(3);
  EXPECT_EQ(raise_as(3, Epoch(1), Epoch(16)).epoch, Epoch(16));
  load_as(4);
  EXPECT_TRUE(raise_as(3, Epoch(16), Epoch(32)).fenced);
  EXPECT_EQ(load_as(4).epoch, Epoch(16));
  EXPECT_EQ(raise_as(4, Epoch(16), Epoch(32)).epoch, Epoch(32));
  EXPECT_EQ(raise_as(0, Epoch(32), Epoch(48)).epoch, Epoch(48)) << "by no home among several";
}

}  // namespace
}  // namespace starling::contract
