// What the allocator keeps after a burst: while thousands connect, pages of their rooms' logs wait in the server, and the
// holes that they leave would stay with the process.
#pragma once

#include <cstdint>

#include "common/base/time.h"

namespace starling::app {

class SpareMemory {
 public:
  /// True when a burst of reading is over, once for each: more than a thousand reads within ten seconds, then hardly any.
  /// `reads` is what the store has read so far.
  bool due(Instant now, std::uint64_t reads);

 private:
  Instant looked_at_{};
  std::uint64_t reads_ = 0;
  bool burst_ = false;
};

/// Returns free pages to the system, and how many bytes less are resident. A few milliseconds; a thread that allocates
/// meanwhile waits for as long as its own arena takes.
std::uint64_t give_back_spare_memory();

}  // namespace starling::app
