// What this device has said of messages and the log does not show yet: edits, deletions, reactions.
#pragma once

#include <vector>

#include "client-qt/models/timeline_fold.h"
#include "common/wire/frames.h"

namespace starling::qt {

/// Each call answers the message that is concerned; 0: none is. Owner: a timeline.
class PendingChanges {
 public:
  Seq add(const wire::Send& send);
  Seq remove(ClientMsgId id);
  Seq rename(ClientMsgId from, ClientMsgId to);

  bool empty() const { return changes_.empty(); }
  void clear() { changes_.clear(); }
  bool concerns(Seq message) const;
  /// Whether the words themselves will be others.
  bool rewrites(Seq message) const;
  /// The message as it will be.
  TimelineRow applied(TimelineRow row, UserId me) const;

 private:
  std::vector<wire::Send> changes_;  // in the order in which they will reach the log
};

}  // namespace starling::qt
