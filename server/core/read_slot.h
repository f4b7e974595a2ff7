// Reads of the store that nobody waits for go at moments that all shards of a node have in common, as they have its clock: there
// they meet, and are one query for many (docs/decisions/0027).
#pragma once

#include <chrono>
#include <cstddef>

#include "common/base/time.h"

namespace starling::core {

/// So long that the thousands whom a node's death concerns are in few of them, and short beside what it takes to notice one.
inline constexpr Duration kReadSlot = std::chrono::milliseconds(250);
/// Of one shard: some two thousand a second.
inline constexpr std::size_t kReadsASlot = 512;

/// When the first slot begins that is later than `after`.
inline Instant next_slot(Instant after) { return after - after.time_since_epoch() % kReadSlot + kReadSlot; }

}  // namespace starling::core
