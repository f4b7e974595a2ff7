// Every limit of the bus, with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "common/base/time.h"

namespace starling::bus::limits {

using namespace std::chrono_literals;

/// What one message carries: posts that wait for the same node go together up to here, a larger one goes in parts.
inline constexpr std::size_t kMessageBytes = 128 * 1024;
/// A peer that sends more in one message is cut off by libzmq, before memory is taken for it.
inline constexpr std::size_t kMessageBytesMax = 1024 * 1024;
/// One post. The largest that a shard makes is the list of a user's 8,192 rooms with titles of 256 bytes.
inline constexpr std::size_t kPostBytesMax = 4 * 1024 * 1024;
/// Messages that wait for a node that does not read, then what is new is dropped: 64 MiB at most.
inline constexpr int kQueuedMessagesMax = 512;
/// Posts that wait for the bus's thread: some tenth of a second of all that a node says.
inline constexpr std::size_t kQueuedPostsMax = 16 * 1024;
/// Messages taken from one peer before the others have their turn.
inline constexpr int kMessagesPerTurn = 64;
/// A lease is 3 s: who has been silent for as long on a connection is connected to anew.
inline constexpr std::chrono::milliseconds kHeartbeatEvery = 1s;
inline constexpr std::chrono::milliseconds kHeartbeatTimeout = 3s;
/// A handshake takes a few milliseconds; one that is not finished holds a descriptor.
inline constexpr std::chrono::milliseconds kHandshakeTimeout = 5s;
inline constexpr std::chrono::milliseconds kReconnectEvery = 100ms;
/// libzmq gives a connection up for good that was refused, or broke a rule: it is made anew after this.
inline constexpr std::chrono::milliseconds kConnectAnewAfterFailure = 1s;

/// Handshakes that a peer breaks off in a row before its key is called wrong: a node that starts, ends or is cut off breaks off one.
inline constexpr int kBrokenOffMax = 3;

static_assert(kMessageBytes + 64 <= kMessageBytesMax);
static_assert(kPostBytesMax >= 8192 * (256 + 64));

/// A moment or a wall time beyond this is no clock's (73 years of uptime; the year 287,396), and sums of two do not overflow.
inline constexpr std::int64_t kInstantMax = std::int64_t{1} << 61;
inline constexpr std::int64_t kWallMsMax = std::int64_t{1} << 53;

}  // namespace starling::bus::limits
