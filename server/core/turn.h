// What every part of a shard shares during one input: the time, where effects go, counters, the schedule.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/rng.h"
#include "server/core/schedule.h"
#include "server/core/shard.h"

namespace starling::core {

struct Turn {
  Turn(const Config& c, ShardId s, ports::View v, std::uint64_t b, std::uint64_t seed)
      : config(c), self(s), view(std::move(v)), boot(b), rng(seed) {}

  /// What is at home here may be at home elsewhere by now: nothing that is only remembered may be answered.
  bool may_be_replaced() const { return now.at >= lease_until; }
  /// What happened under the last view may not have shown yet.
  bool view_is_younger(Duration than) const { return view.id > ViewId(1) && now.at < view_since + than; }
  ShardId home(RoomId room) const { return ports::home_of(view, room); }
  ShardId home(UserId user) const { return ports::home_of(view, user); }
  /// The node that the user's connections had best be made to; 0: this one, or it does not matter.
  std::uint32_t better_node(UserId user) const {
    const ports::ViewNode* node = view.node_of(home(user));
    return node->has(self) ? 0 : node->first.value + 1u;
  }
  std::uint32_t busy_retry_ms() {
    return config.busy_retry_ms + static_cast<std::uint32_t>(rng.below(config.busy_retry_ms / 2 + 1));
  }

  ports::SharedFrame encode(const wire::ServerFrame& frame) {
    buffer.clear();
    wire_encode(frame);
    return ports::SharedFrame(buffer);
  }

  const Config config;
  const ShardId self;
  ports::View view;
  Instant view_since{};          // or since the process has been there
  Instant lease_until = kNever;  // of the node in the view
  const std::uint64_t boot;
  Rng rng;
  Counters counters;
  Schedule schedule;
  Now now{};
  Effects* out = nullptr;
  bool draining = false;
  bool store_stopped = false;  // a fatal error: nothing is acknowledged any more

 private:
  void wire_encode(const wire::ServerFrame& frame);
  std::string buffer;  // reused by every frame
};

}  // namespace starling::core
