// Three nodes behind one store, and two people in a room.
#pragma once

#include <cstdint>

#include "common/base/probe.h"
#include "tests/sim/scripted/story.h"

namespace starling::sim {

struct ThreeNodes {
  explicit ThreeNodes(bool shared_tails = false) : story(options(shared_tails)) {
    probe_counts = {};
    story.everybody_connects();
    alice.says(room, "one");
    story.passes(2s);
  }
  std::uint64_t count(Probe p) const { return probe_counts[static_cast<std::size_t>(p)]; }

  static Options options(bool shared_tails) {
    Options options = Story::calm();
    options.nodes = 3;
    options.shards = 1;
    options.config.shared_tails = shared_tails;
    return options;
  }

  Story story;
  Person& alice = story.person("alice");
  Person& bob = story.person("bob");
  RoomId room = story.room_of({&alice, &bob});
};

}  // namespace starling::sim
