// Writes share an fsync, and one fsync follows the other: what comes while one is under way waits for the next.
#pragma once

#include <algorithm>
#include <variant>

#include "common/base/time.h"
#include "server/ports/store.h"

namespace starling::sim {

class GroupCommit {
 public:
  /// When a write that comes now is on the disk. `fsync`: how long its group takes if it is the first of it.
  Instant join(Instant now, Duration fsync) {
    if (now >= ends_) return ends_ = next_ends_ = std::max(now, next_ends_) + fsync;
    if (next_ends_ <= ends_) next_ends_ = ends_ + fsync;
    return next_ends_;
  }
  /// Of the fsync that is under way, or was the last.
  Instant ends() const { return ends_; }
  void stop(Instant now) { ends_ = next_ends_ = now; }

 private:
  Instant ends_{};
  Instant next_ends_{};  // of the one after it, once somebody waits for it
};

inline bool is_write(const ports::StoreRequest& request) {
  return std::holds_alternative<ports::CommitBatch>(request) || std::holds_alternative<ports::CreateRoom>(request) ||
         std::holds_alternative<ports::PutReadMarks>(request) ||
         std::holds_alternative<ports::PutCheckpoint>(request) || std::holds_alternative<ports::RaiseEpoch>(request) ||
         std::holds_alternative<ports::PutItem>(request) || std::holds_alternative<ports::ChangeRooms>(request) ||
         std::holds_alternative<ports::KeepLease>(request);
}

}  // namespace starling::sim
