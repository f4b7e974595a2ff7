// The presence of the users that have their home here: what their devices say, held back while a connection that broke
// may come back, and which shards are told. A connected user whom nobody watches costs nothing here. Soft state: a shard
// that does not renew its watch is forgotten, and a user in the end too.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "server/core/flat_index.h"
#include "server/core/links.h"
#include "server/core/slab.h"

namespace starling::core {

class UserHomes;

/// Of a user, over all devices.
enum class Activity : std::uint8_t { None, Away, Present };

/// A user that is watched, or has left lately.
struct Presence {
  UserId id;
  std::uint64_t version = 0;         // of what was published; 0: nothing, it may not be known yet who is there
  std::uint64_t watched = 0;         // by these shards, renewed in this round of leases, as a mask
  std::uint64_t watched_before = 0;  // in the round before
  WallTime last_seen;                // when the last device left; the epoch: not since the start
  Instant offline_at{};              // until then a user without devices is shown as before
  std::uint32_t round = 0;
  wire::PresenceState published = wire::PresenceState::Offline;
  bool dirty = false;  // in the list of those to look at
  std::uint16_t idle_sweeps = 0;
};
static_assert(sizeof(Presence) <= 64);

class PresenceHome {
 public:
  PresenceHome(Turn& turn, Links& links) : turn_(turn), links_(links) {}
  PresenceHome(const PresenceHome&) = delete;
  PresenceHome& operator=(const PresenceHome&) = delete;

  /// The user's devices are others, or say something else, and some are left.
  void changed(UserId user);
  /// No device is left. `for_good`: nobody waits for it to come back.
  void left(UserId user, bool for_good);
  void on(ShardId from, const ports::WatchPresence& watch, const UserHomes& users);

  /// Looks at what has changed, and tells the shards that watch.
  void flush(const UserHomes& users);
  /// Lets go of the users that have their home elsewhere now.
  void hand_over();
  void sweep(std::uint32_t slots);

 private:
  struct Held {
    UserId user;
    Instant until;
  };

  Presence* find(UserId user);
  Presence& find_or_add(UserId user);
  void forget(std::uint32_t slot);
  void note(Presence& presence);
  void age(Presence& presence);
  void wait_for(Presence& presence);
  wire::PresenceState state_of(const Presence& presence, const UserHomes& users) const;
  ports::PresenceVersion version_of(const Presence& presence) const;
  void post(ShardId to, ports::PresenceTold&& told);

  Turn& turn_;
  Links& links_;
  Slab<Presence> users_;
  FlatIndex index_;
  std::vector<UserId> dirty_;
  std::deque<Held> held_;  // by time: each waits as long
  std::uint64_t versions_ = 0;
  Instant flushed_at_{};
  std::uint32_t sweep_at_ = 0;
};

}  // namespace starling::core
