// When Sync frames go out. Which rooms want one is in their cursors; this only keeps the times, for all rooms of a
// session at once, so that it costs nothing per room.
#pragma once

#include <algorithm>

#include "common/base/time.h"
#include "common/client/room_cursor.h"
#include "common/client/settings.h"

namespace starling::client {

class SyncPacer {
 public:
  void reset() { *this = SyncPacer(); }

  void want() { wanted_ = true; }
  bool due(Instant now) const { return wanted_ && now >= next_at(); }
  void sent(Instant now) {
    wanted_ = false;
    asked_lately_ = true;
    asked_at_ = now;
  }

  /// Some room is PutOff or Denied. All that are so for the same reason wait together, until the latest of their times.
  void defer(SyncState as, Instant until) {
    Instant& at = deferral(as);
    at = at == kNever ? until : std::max(at, until);
  }
  /// True once the wait is over, and only once.
  bool take_deferral(SyncState as, Instant now) {
    if (now < deferral(as)) return false;
    deferral(as) = kNever;
    return true;
  }

  /// True for kAnswerTimeout after a Sync, answered or not: then what is still Asked goes again.
  bool asked_lately() const { return asked_lately_; }
  bool answer_overdue(Instant now) const { return now >= answer_by(); }
  void forget_asking() { asked_lately_ = false; }

  Instant deadline() const {
    return std::min({wanted_ ? next_at() : kNever, put_off_until_, denied_until_, answer_by()});
  }

 private:
  Instant next_at() const { return asked_at_ + limits::kSyncPace; }
  Instant answer_by() const { return asked_lately_ ? asked_at_ + limits::kAnswerTimeout : kNever; }
  Instant& deferral(SyncState as) { return as == SyncState::Denied ? denied_until_ : put_off_until_; }

  Instant asked_at_ = Instant() - limits::kSyncPace;  // the last Sync
  Instant put_off_until_ = kNever;
  Instant denied_until_ = kNever;
  bool wanted_ = false;
  bool asked_lately_ = false;
};

}  // namespace starling::client
