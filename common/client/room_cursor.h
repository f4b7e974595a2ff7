// What the engine keeps per room, packed: a million engines with ten rooms each fit a machine.
#pragma once

#include <cstdint>

#include "common/base/ids.h"
#include "common/wire/frames.h"

namespace starling::client {

/// Where a room stands with the server on this connection.
enum class SyncState : std::uint8_t {
  Idle = 0,     // not asked for
  Wanted = 1,   // goes into the next Sync
  Asked = 2,    // a Sync is on its way
  Settled = 3,  // answered: events, heads or nothing, as the mode says
  PutOff = 4,   // answered Unavailable: becomes Wanted when the wait is over
  Denied = 5,   // answered NotMember, of which the list has said nothing yet: likewise
};

/// How far this device has come in a room. (epoch, seq, hash) is what a Sync asks with.
struct RoomCursor {
  static constexpr std::uint64_t kSeqMax = (1ull << 40) - 1;
  static constexpr std::uint32_t kEpochMax = (1u << 16) - 1;

  RoomId room;
  PrefixHash hash;
  std::uint64_t seq : 40 = 0;
  std::uint64_t epoch : 16 = 0;
  std::uint64_t mode_bits : 2 = static_cast<std::uint64_t>(wire::SyncMode::Full);
  std::uint64_t sync_bits : 3 = 0;
  std::uint64_t member : 1 = 1;  // as the user's list of rooms says
  std::uint64_t listed : 1 = 0;  // seen in the RoomList that is being received
  std::uint64_t behind : 1 = 0;  // wants a Sync since the last one was sent

  wire::SyncMode mode() const { return static_cast<wire::SyncMode>(mode_bits); }
  void set_mode(wire::SyncMode m) { mode_bits = static_cast<std::uint64_t>(m) & 3; }
  SyncState sync() const { return static_cast<SyncState>(sync_bits); }
  void set_sync(SyncState s) { sync_bits = static_cast<std::uint64_t>(s) & 7; }
  /// The log takes nothing from this user, as far as is known.
  bool shut_out() const { return member == 0 || sync() == SyncState::Denied; }

  wire::Cursor cursor() const { return {.epoch = Epoch(epoch), .seq = Seq(seq), .hash = hash}; }
  /// False, and nothing moved, when the cursor is beyond what fits.
  bool move_to(const wire::Cursor& to) {
    if (to.seq.value > kSeqMax || to.epoch.value > kEpochMax) return false;
    seq = to.seq.value & kSeqMax;
    epoch = to.epoch.value & kEpochMax;
    hash = to.hash;
    return true;
  }
};
static_assert(sizeof(RoomCursor) <= 24);

struct RoomCounters {
  static constexpr std::uint32_t kFloorAheadMax = (1u << 24) - 1;

  Cseq last_cseq;  // the last one minted for the room
  /// The floor (highest seq seen or acknowledged), as a distance from the cursor. It saturates: a lower floor is a
  /// weaker demand, never a wrong one.
  std::uint32_t floor_ahead : 24 = 0;
  std::uint32_t undelivered : 8 = 0;  // events applied and not yet reported in a Delivered
};
static_assert(sizeof(RoomCounters) <= 8);

/// The durable part of both, unpacked: what the caller stores and gives back after a restart.
struct RoomState {
  RoomId room;
  wire::Cursor cursor;
  Seq floor;
  Cseq last_cseq;
  wire::SyncMode mode = wire::SyncMode::Full;
  bool member = true;
  bool operator==(const RoomState&) const = default;
};

}  // namespace starling::client
