// Every limit of the directory's adapter, with its reason.
#pragma once

#include <chrono>
#include <cstddef>

namespace starling::directory::limits {

using namespace std::chrono_literals;

/// Operations that wait for the adapter's thread; it takes all of them at once.
inline constexpr std::size_t kQueuedMax = 16 * 1024;
/// What may be under way to the server. Beyond, what is new is lost: a server that is behind must not be fed more.
inline constexpr std::size_t kInFlightMax = 4096;
inline constexpr std::size_t kInFlightBytesMax = 32 * 1024 * 1024;
/// A shard asks the room's home anew after a second: an answer has to come well before.
inline constexpr std::chrono::milliseconds kReadPatience = 300ms;
/// A server that answers nothing for so long is connected to anew.
inline constexpr std::chrono::milliseconds kStallMax = 2s;
/// To connect and to log in.
inline constexpr std::chrono::milliseconds kConnectPatience = 2s;
/// One sentinel that does not answer, before the next one is asked.
inline constexpr std::chrono::milliseconds kSentinelPatience = 300ms;
/// Between two attempts to connect: doubled each time.
inline constexpr std::chrono::milliseconds kBackOffFirst = 100ms;
inline constexpr std::chrono::milliseconds kBackOffMax = 10s;

}  // namespace starling::directory::limits
