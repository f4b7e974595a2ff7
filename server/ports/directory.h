// The directory seam: a cache that the nodes share, of the newest events of their rooms. It may be empty, behind, slow, away
// or gone at any moment, and nothing may follow from that: what is in it proves nothing, and what is not there even less
// (docs/decisions/0015-the-hot-tail-is-never-trusted.md). Implementations: server/directory (Redis), loadsim/sim (a model
// with faults). All pass the contract suite in tests/contract/directory.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/wire/event.h"

namespace starling::ports {

/// What an implementation keeps of a room, at most: the newest.
struct TailLimits {
  std::uint32_t events_max = 512;
  std::uint32_t bytes_max = 256 * 1024;
  Duration life = std::chrono::minutes(1);  // after the last append: also the longest that an erased text may stay
};
/// What an event counts.
inline std::size_t tail_bytes(const wire::Event& event) { return 96 + event.body.size(); }

/// By the room's home: consecutive events that were committed, not empty. They are kept when they go on where what is kept ends, in the same
/// epoch, or when nothing is kept. Otherwise something is missing or another home has written: all of the room is deleted.
struct AppendTail {
  RoomId room;
  Epoch epoch;  // the room's now; an event may be of an earlier one
  std::vector<wire::Event> events;
};
/// Nothing is kept of the room: texts were erased.
struct ForgetTail {
  RoomId room;
};
/// Everything after `after` that is kept, when that begins with the next one.
struct ReadTail {
  RoomId room;
  Epoch epoch;
  Seq after;
};

using DirectoryRequest = std::variant<AppendTail, ForgetTail, ReadTail>;

/// What is written may get lost, and nobody is told. What one shard asks is done in its order.
struct DirectoryOp {
  std::uint64_t id = 0;  // of a ReadTail: unique per shard and boot, comes back in the answer
  DirectoryRequest request;
};

/// Each ReadTail is answered once. Nothing: a miss, for whatever reason.
struct TailRead {
  std::uint64_t id = 0;
  std::vector<wire::Event> events;
};

}  // namespace starling::ports
