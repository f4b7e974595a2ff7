// Who waits for the first message of a room whose home has died, while its own connection holds. Owner: its company.
#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace starling::people {

class Rehoming {
 public:
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
    return found != waiting_.end() && intended >= since_ && std::erase(found->second, room) != 0;
  }

 private:
  Instant since_{};
  std::unordered_map<std::uint32_t, std::vector<RoomId>> waiting_;
};

}  // namespace starling::people
