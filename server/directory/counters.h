// What the directory's adapter has done, counted by its thread and by the shards, and read by anyone.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace starling::directory {

struct Counters {
  using Counter = std::atomic<std::uint64_t>;

  Counter appends = 0;
  Counter appends_refused = 0;  // they did not go on where the room's tail ended
  Counter forgets = 0;
  Counter reads = 0;
  Counter reads_found = 0;
  Counter reads_late = 0;   // answered before the server did
  Counter reads_wrong = 0;  // what the server had was not what a room's tail is
  Counter lost = 0;         // operations that never reached the server
  Counter errors = 0;       // that the server answered
  Counter connects = 0;
  Counter connected = 0;  // 1 or 0

  /// Prometheus text.
  std::string text() const;
};

}  // namespace starling::directory
