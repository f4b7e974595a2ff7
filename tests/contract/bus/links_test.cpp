// What the bus loses without a word, the numbers of the links find: two shards' links with the bus between them.
#include "server/core/links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/bus/node.h"

namespace starling::contract {
namespace {

using Arrival = core::Links::Arrival;
using testing::AnyOf;
using testing::Each;
using testing::ElementsAre;

constexpr ShardId kHere{10};
constexpr ShardId kThere{20};

ports::View both_nodes() {
  ports::View view{.id = ViewId(1)};
  view.add({.first = kHere, .shards = 2, .boot = 5});
  view.add({.first = kThere, .shards = 2, .boot = 6});
  return view;
}

/// A shard of a node, of which there is nothing but its links.
class Side {
 public:
  Side(BusNode& node, ShardId self, std::uint64_t boot)
      : node_(node), turn_(config_, self, both_nodes(), boot, 1), links_(turn_) {
    turn_.out = &effects_;
  }

  void say(ShardId to, ports::Payload payload) {
    links_.post(to, std::move(payload));
    carry_out();
  }
  void heartbeat() {
    links_.heartbeat();
    carry_out();
  }
  std::vector<Arrival> hear(std::size_t count) {
    std::vector<Arrival> arrivals;
    for (const Delivered& each : node_.delivered(count)) {
      const bool is_heartbeat = std::holds_alternative<ports::Heartbeat>(each.envelope.payload);
      if (each.to == turn_.self) arrivals.push_back(links_.arrive(each.envelope.header, is_heartbeat));
    }
    return arrivals;
  }

 private:
  void carry_out() {
    for (ports::Post& post : effects_.posts) node_.bus().post(std::move(post));
    effects_.posts.clear();
  }

  BusNode& node_;
  core::Config config_;
  core::Effects effects_;
  core::Turn turn_;
  core::Links links_;
};

class BusLinks : public testing::Test {
 protected:
  BusLinks() {
    a.start();
    b.start();
  }

  BusNode a{kHere.value};
  BusNode b{kThere.value};
  Side here{a, kHere, 5};
  Side there{b, kThere, 6};
};

TEST_F(BusLinks, WhatWasSaidBeforeTheOtherListenedIsFoundByTheNextThing) {
  for (int i = 0; i < 3; ++i) here.say(kThere, ports::LeaveRoom{RoomId(1)});
  EXPECT_TRUE(a.reaches("starling_bus_posts_dropped_total{why=\"unknown_node\"}", 3));
  connect({&a, &b});
  here.say(kThere, ports::LeaveRoom{RoomId(1)});
  here.say(kThere, ports::LeaveRoom{RoomId(1)});
  EXPECT_THAT(there.hear(2), ElementsAre(Arrival::AfterLoss, Arrival::InOrder));
}

TEST_F(BusLinks, WhatIsLostLastIsFoundByAHeartbeat) {
  connect({&a, &b});
  here.say(kThere, ports::LeaveRoom{RoomId(1)});
  EXPECT_THAT(there.hear(1), ElementsAre(Arrival::InOrder));

  auto still = b.stand_still();
  const ports::HeadDigest large{.heads = std::vector<ports::RoomHead>(6000, {.room = RoomId(1), .head = Seq(1)})};
  const auto dropped = [&] { return a.metric("starling_bus_messages_dropped_total"); };
  std::uint64_t said = 1;
  const auto say = [&](int times) {
    for (int i = 0; i < times; ++i, ++said) here.say(kThere, large);
    return a.becomes([&] { return a.metric("starling_bus_messages_sent_total") + dropped() == said; });
  };
  while (dropped() == 0) {
    ASSERT_TRUE(say(100));
    ASSERT_LT(said, 20'000u);
  }
  std::uint64_t before = 0;
  do {
    before = dropped();
    ASSERT_TRUE(say(1));
  } while (dropped() == before);
  still.unlock();
  EXPECT_THAT(there.hear(said - 1 - dropped()), Each(AnyOf(Arrival::InOrder, Arrival::AfterLoss)))
      << "what came through between two losses; the newest was lost";

  here.heartbeat();
  EXPECT_THAT(there.hear(2), ElementsAre(Arrival::AfterLoss));
  here.heartbeat();
  EXPECT_THAT(there.hear(2), ElementsAre(Arrival::InOrder));
}

TEST_F(BusLinks, ANodeThatStartsAnewLosesWhatWasUnderWayAndNoticesIt) {
  connect({&a, &b});
  here.say(kThere, ports::LeaveRoom{RoomId(1)});
  EXPECT_THAT(there.hear(1), ElementsAre(Arrival::InOrder));
  a.stop();
  a.start({b.as_peer()});
  here.say(kThere, ports::LeaveRoom{RoomId(1)});
  wait_for_connections({&a, &b});
  here.heartbeat();
  EXPECT_THAT(there.hear(2), ElementsAre(Arrival::AfterLoss));
}

}  // namespace
}  // namespace starling::contract
