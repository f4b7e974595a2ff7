// G11: who watches somebody sees how it is with him, within a bound of the last change. The world says what is true, and
// which views are in a condition to be right: no fault stands between the two; a view is judged once both have held for
// longer than the bound.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "common/base/time.h"
#include "common/wire/frames.h"
#include "loadsim/check/violation.h"

namespace starling::check {

/// Owner: one thread, the world's.
class PresenceWatch {
 public:
  /// Leaving takes the debounce longer than coming.
  struct Bounds {
    Duration coming;
    Duration leaving;
  };
  PresenceWatch(Bounds bounds, Violations& violations) : bounds_(bounds), violations_(&violations) {}

  /// Begins a look at everybody. A view that the look before did not find begins anew.
  void begin_look() { ++look_; }
  /// How it is with the user now; nothing while it cannot be said. `moved`: when it was something else at the latest,
  /// also between two looks.
  void truth(UserId user, std::optional<wire::PresenceState> state, Instant moved, Instant now) {
    Truth& t = truths_[user];
    if (t.state != state) t = {.state = state, .since = now};
    t.since = std::max(t.since, moved);
  }
  /// What a device shows of the user in a room now. `sound`: nothing prevents it from being right.
  void view(std::uint32_t device, RoomId room, UserId user, bool sound, wire::PresenceState shown, Instant now) {
    const Key key{device, room.value, user.value};
    if (!sound) {
      sound_.erase(key);
      return;
    }
    Sound& kept = sound_[key];
    if (kept.look + 1 < look_) kept.since = now;
    kept.look = look_;
    const Instant since = kept.since;
    const auto truth = truths_.find(user);
    if (truth == truths_.end() || !truth->second.state || *truth->second.state == shown) return;
    const Duration stale = now - std::max(since, truth->second.since);
    const bool left = *truth->second.state == wire::PresenceState::Offline;
    if (stale <= (left ? bounds_.leaving : bounds_.coming)) return;
    violations_->report({.guarantee = Guarantee::G11_Presence,
                         .room = room,
                         .user = user,
                         .text = "is shown as " + std::to_string(static_cast<int>(shown)) + " by device number " +
                                 std::to_string(device) + ", and has been " +
                                 std::to_string(static_cast<int>(*truth->second.state)) + " for " +
                                 std::to_string(stale / std::chrono::milliseconds(1)) + " ms"});
  }

 private:
  using Key = std::tuple<std::uint32_t, std::uint64_t, std::uint64_t>;
  struct Truth {
    std::optional<wire::PresenceState> state;
    Instant since{};
  };

  struct Sound {
    Instant since{};
    std::uint64_t look = 0;
  };

  Bounds bounds_;
  Violations* violations_;
  std::map<UserId, Truth> truths_;
  std::map<Key, Sound> sound_;
  std::uint64_t look_ = 2;  // so that a new view is one that the look before did not find
};

}  // namespace starling::check
