// How far the members of the rooms at home here have come: max-registers in memory, never beyond the head, told to the
// shards whose sessions show the room. A room of few members has one of each member from the start; of a large one they
// are kept only while somebody looks, and told as counts. A restart forgets them: read markers are the users' homes'.
#pragma once

#include <cstdint>
#include <vector>

#include "server/core/flat_index.h"
#include "server/core/links.h"
#include "server/core/room_homes.h"
#include "server/core/slab.h"

namespace starling::core {

/// Seqs are distances from the room's base; 0: none.
struct MemberMarks {
  UserId user;
  std::uint32_t delivered = 0;
  std::uint32_t read : 31 = 0;
  std::uint32_t moved : 1 = 0;  // since it was told
};
static_assert(sizeof(MemberMarks) == 16, "one for each membership of a connected user");

struct RoomReceipts {
  RoomId id;
  Seq base;                        // a mark that is not beyond it counts as none
  std::vector<MemberMarks> marks;  // by user
  std::uint64_t wanted = 0;        // by these shards, renewed in this round of leases, as a mask
  std::uint64_t wanted_before = 0;
  std::uint32_t round = 0;
  bool listed = false;  // among those to be told
  std::uint16_t idle_sweeps = 0;

  Seq seq_of(std::uint32_t distance) const { return distance == 0 ? Seq() : Seq(base.value + distance); }
  std::uint32_t distance_of(Seq seq) const {
    return seq > base ? static_cast<std::uint32_t>(seq.value - base.value) : std::uint32_t{0};
  }
  /// Moves the base up when the seq is too far from it.
  void reach(Seq seq);
};

class Receipts {
 public:
  Receipts(Turn& turn, Links& links, const RoomHomes& homes) : turn_(turn), links_(links), homes_(homes) {}
  Receipts(const Receipts&) = delete;
  Receipts& operator=(const Receipts&) = delete;

  void on(const ports::MarksSeen& seen);
  /// The shard has sessions that show them, for a lease. Returns them all.
  wire::Receipts subscribe(const RoomHome& home, ShardId from);

  void flush();
  void sweep(std::uint32_t slots);

 private:
  RoomReceipts* find(RoomId room);
  RoomReceipts& find_or_add(RoomId room);
  void raise(RoomReceipts& room, const RoomHome& home, const ports::MarkSeen& mark);
  void age(RoomReceipts& room);
  wire::Receipts all_of(RoomReceipts& room, const RoomHome& home);
  wire::Receipts moved_of(RoomReceipts& room, const RoomHome& home);

  Turn& turn_;
  Links& links_;
  const RoomHomes& homes_;
  Slab<RoomReceipts> rooms_;
  FlatIndex index_;
  std::vector<RoomId> moved_;  // rooms to be told
  Instant flushed_at_{};
  std::uint32_t sweep_at_ = 0;
};

}  // namespace starling::core
