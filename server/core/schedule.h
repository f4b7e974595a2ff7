// The shard's recurrent chores, each with the time when it is due next. Few, so a scan finds the first; what exists by
// the thousand (readers that lag) has a timer wheel of its own.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "common/base/time.h"

namespace starling::core {

enum class Chore : std::uint8_t {
  Heartbeat,    // links tell how many envelopes there were
  Digest,       // homes tell the heads of active rooms
  Heads,        // HEADS subscribers hear of rooms that moved
  Marks,        // read markers go to the store
  LateMarks,    // read markers that a session's meter held back go to the user's home
  Settled,      // everybody knows of the view: rooms that waited for it are loaded
  Moved,        // rooms register with a home that is another
  Attach,       // sessions register with a home that has forgotten them
  ReadAgain,    // users' homes read once more what a process has done that is gone
  NoteAgain,    // homes of rooms tell users what another one may have died with
  StoreRetry,   // what the store could not do is tried again
  Resend,       // what another shard did not answer is asked again
  Readers,      // readers that lag too long
  Presence,     // homes tell of users whose presence has changed
  PresenceOut,  // sessions hear of it
  Receipts,     // how far members have come goes to the rooms' homes, and from there to who shows it
  PresenceAsk,  // watches are asked for again and renewed
  Sweep,        // idle rooms and users are forgotten
  Drain,
  kCount,
};

class Schedule {
 public:
  Schedule() { at_.fill(kNever); }
  /// Due at the earlier of `at` and what was asked for before.
  void arm(Chore chore, Instant at) { slot(chore) = std::min(slot(chore), at); }
  bool armed(Chore chore) const { return at_[static_cast<std::size_t>(chore)] != kNever; }
  /// True once; whoever wants another turn arms again.
  bool take_due(Chore chore, Instant now) {
    if (slot(chore) > now) return false;
    slot(chore) = kNever;
    return true;
  }
  Instant next() const { return *std::min_element(at_.begin(), at_.end()); }

 private:
  Instant& slot(Chore chore) { return at_[static_cast<std::size_t>(chore)]; }

  std::array<Instant, static_cast<std::size_t>(Chore::kCount)> at_;
};

}  // namespace starling::core
