// Who waits for the first message of a room whose home has died, while its own connection holds. Owner: its company.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace starling::people {

class Rehoming {
 public:
  /// What is meant for later than so long after the death says how the next fault is, and not the death. A home that is away for
  /// longer is seen by what was meant for earlier.
  static constexpr Duration kFelt = std::chrono::seconds(10);

  /// Whoever still waits since an earlier death waits no more.
  void begin(Instant since) {
    waiting_.clear();
    since_ = since;
  }
  void end() { waiting_.clear(); }
  void await(std::uint32_t user, RoomId room) { waiting_[user].push_back(room); }
  /// The user's own connection broke.
  void forget(std::uint32_t user) { waiting_.erase(user); }
  /// A message meant for then is shown: true when the user has waited for it.
  bool shown(std::uint32_t user, RoomId room, Instant intended) {
    const auto found = waiting_.find(user);
    if (found == waiting_.end() || intended < since_) return false;
    return std::erase(found->second, room) != 0 && intended < since_ + kFelt;
  }

 private:
  Instant since_{};
  std::unordered_map<std::uint32_t, std::vector<RoomId>> waiting_;
};

}  // namespace starling::people
