// A cluster of three shards whose view changes, with a room that each has a member of.
#pragma once

#include "common/base/probe.h"
#include "tests/unit/core/rig.h"

namespace starling::core::testing {

/// Three shards, each a node; bob and carol are connected beside the room's home.
class ViewTest : public ::testing::Test {
 protected:
  explicit ViewTest(const Config& config = {}) : rig(3, config) {
    rig.store.add_room(kRoom, {kAlice, kBob, kCarol});
    home = rig.home(kRoom);
    alice = rig.connect(kAlice, DeviceId(10), 0, home);
    bob = rig.connect(kBob, DeviceId(20), 0, (home + 1) % 3);
    carol = rig.connect(kCarol, DeviceId(30), 0, (home + 2) % 3);
    for (const End end : {alice, bob, carol}) rig.sync(end, rig.at_head());
    rig.pass(1s);
    rig.forget_heard();
    probe_counts = {};
  }
  /// One whose home is the room's.
  UserId user_at_home() const {
    UserId user(100);
    while (rig.home(user) != home) user = user.next();
    return user;
  }
  std::uint64_t count(Probe p) { return probe_counts[static_cast<std::size_t>(p)]; }
  wire::SendResult result(End end) {
    const auto all = rig.heard(end).all<wire::SendResult>();
    return all.empty() ? wire::SendResult{.status = wire::SendStatus::Busy} : all.back();
  }

  Rig rig;
  std::uint32_t home = 0;
  End alice, bob, carol;
};

}  // namespace starling::core::testing
