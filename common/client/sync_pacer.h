// When Sync frames go out. Which rooms want one is in their cursors; this only keeps the times, for all rooms of a
// session at once, so that it costs nothing per room.
#pragma once

#include <algorithm>

#include "common/base/time.h"
#include "common/client/settings.h"

namespace starling::client {

class SyncPacer {
 public:
  void reset() { *this = SyncPacer(); }

  void want() { wanted_ = true; }
  bool due(Instant now) const { return wanted_ && now >= not_before_; }
  void sent(Instant now) {
    wanted_ = false;
    not_before_ = now + limits::kSyncPace;
    answer_by_ = now + limits::kAnswerTimeout;
  }

  /// Some room was answered Unavailable. Rooms that wait do so together, until the latest of their times.
  void defer(Instant until) { deferred_until_ = deferred_until_ == kNever ? until : std::max(deferred_until_, until); }
  bool deferral_over(Instant now) const { return now >= deferred_until_; }
  void clear_deferral() { deferred_until_ = kNever; }

  bool awaits_answer() const { return answer_by_ != kNever; }
  bool answer_overdue(Instant now) const { return now >= answer_by_; }
  void clear_answer() { answer_by_ = kNever; }

  Instant deadline() const { return std::min({wanted_ ? not_before_ : kNever, deferred_until_, answer_by_}); }

 private:
  Instant not_before_{};
  Instant deferred_until_ = kNever;
  Instant answer_by_ = kNever;
  bool wanted_ = false;
};

}  // namespace starling::client
