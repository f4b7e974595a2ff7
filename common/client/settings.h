// What an application may choose, shared by all its sessions; and the engine's own limits with their reasons.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/time.h"
#include "common/wire/frames.h"

namespace starling::client {

using namespace std::chrono_literals;

struct Settings {
  std::string agent = "starling-engine";
  /// Of rooms that the server names first.
  wire::SyncMode first_mode = wire::SyncMode::Full;
  /// False: nothing is stored, every Persist is taken as done and none is put out.
  bool durable = true;
  /// Back-off between attempts to connect: full jitter below base * 2^n, capped.
  Duration backoff_base = 1s;
  Duration backoff_cap = 60s;
  /// The latest slot to come back in that a server may name.
  Duration slot_max = 10min;
};

namespace limits {

/// Messages waiting in one session's outbox; a person who writes more than this offline is a program.
inline constexpr std::size_t kOutboxEntriesMax = 4096;
/// Requests (history, rooms to create) that may await their answer.
inline constexpr std::size_t kRequestsMax = 64;
/// Rooms of one session: bounds what a list from the server can make it hold.
inline constexpr std::uint32_t kRoomsMax = 65536;
/// A connection that held this long starts the back-off anew.
inline constexpr Duration kStableAfter = 10s;
/// From Connect to Welcome.
inline constexpr Duration kHandshakeMax = 15s;
/// Without an answer for this long, the identical frame is sent again.
inline constexpr Duration kAnswerTimeout = 10s;
/// What a server may ask for by retry_after_ms.
inline constexpr Duration kRetryAfterMin = 100ms;
inline constexpr Duration kRetryAfterMax = 60s;
/// A room that is on the list and whose Sync is answered NotMember is asked for again after this.
inline constexpr Duration kDeniedRetry = 5s;
/// Awaiting an answer, and not one frame received for this long: the peer is dead. Longer than two answer timeouts.
/// A connection that awaits nothing is the driver's to watch, by WebSocket pings.
inline constexpr Duration kSilenceMax = 25s;
/// After a Sync, the next one waits at least this long and takes all rooms that want one: repairs are paced.
inline constexpr Duration kSyncPace = 200ms;
/// Applied events are reported this late at most, and at this count at the latest: a quarter of the credit (256 events)
/// that the server grants to a session that catches up.
inline constexpr Duration kDeliveredDelay = 5s;
inline constexpr std::uint32_t kDeliveredEvery = 64;
/// A user's typing is sent at most this often.
inline constexpr Duration kTypingInterval = 3s;
/// Retries may be a tenth of the requests, with so many in reserve; beyond, they wait for kBudgetHold.
inline constexpr std::uint32_t kRetryReserve = 10;
inline constexpr std::uint32_t kRequestsPerRetry = 10;
inline constexpr Duration kBudgetHold = 10s;

}  // namespace limits
}  // namespace starling::client
