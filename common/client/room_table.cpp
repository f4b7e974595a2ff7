#include "common/client/room_table.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include "common/base/assert.h"

namespace starling::client {

RoomStorage HeapLender::grow(RoomStorage old, std::uint32_t used, std::uint32_t capacity) {
  STARLING_ASSERT(capacity > old.capacity && used <= old.capacity);
  RoomStorage fresh{.cursors = new RoomCursor[capacity], .counters = new RoomCounters[capacity], .capacity = capacity};
  std::copy_n(old.cursors, used, fresh.cursors);
  std::copy_n(old.counters, used, fresh.counters);
  give_back(old);
  return fresh;
}

void HeapLender::give_back(RoomStorage storage) {
  delete[] storage.cursors;
  delete[] storage.counters;
}

RoomTable::RoomTable(RoomTable&& other) noexcept
    : lender_(other.lender_),
      cursors_(std::exchange(other.cursors_, nullptr)),
      counters_(std::exchange(other.counters_, nullptr)),
      capacity_(std::exchange(other.capacity_, 0)),
      size_(std::exchange(other.size_, 0)) {}

void RoomTable::reserve(std::uint32_t rooms) {
  if (rooms <= capacity_) return;
  const RoomStorage fresh = lender_->grow(storage(), size_, rooms);
  STARLING_ASSERT(fresh.capacity >= rooms);
  cursors_ = fresh.cursors;
  counters_ = fresh.counters;
  capacity_ = fresh.capacity;
}

std::uint32_t RoomTable::find(RoomId room) const {
  const auto all = cursors();
  const auto at = std::ranges::lower_bound(all, room, {}, &RoomCursor::room);
  if (at == all.end() || at->room != room) return kNone;
  return static_cast<std::uint32_t>(at - all.begin());
}

std::uint32_t RoomTable::find_or_add(RoomId room) {
  if (size_ == capacity_) {
    if (const std::uint32_t i = find(room); i != kNone) return i;
    reserve(std::max(4u, capacity_ + capacity_ / 2));
  }
  const auto all = cursors();
  const auto at = std::ranges::lower_bound(all, room, {}, &RoomCursor::room);
  const auto i = static_cast<std::uint32_t>(at - all.begin());
  if (at != all.end() && at->room == room) return i;
  std::copy_backward(cursors_ + i, cursors_ + size_, cursors_ + size_ + 1);
  std::copy_backward(counters_ + i, counters_ + size_, counters_ + size_ + 1);
  ++size_;
  cursors_[i] = RoomCursor{};
  cursors_[i].room = room;
  counters_[i] = RoomCounters{};
  return i;
}

Seq RoomTable::floor(std::uint32_t i) const { return Seq(cursor(i).seq + counters(i).floor_ahead); }

void RoomTable::raise_floor(std::uint32_t i, Seq seq) {
  const std::uint64_t at = cursor(i).seq;
  if (seq.value <= at + counters(i).floor_ahead) return;
  counters(i).floor_ahead =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(seq.value - at, RoomCounters::kFloorAheadMax)) &
      RoomCounters::kFloorAheadMax;
}

bool RoomTable::advance(std::uint32_t i, PrefixHash hash) {
  RoomCursor& c = cursor(i);
  if (c.seq == RoomCursor::kSeqMax) return false;
  c.seq = (c.seq + 1) & RoomCursor::kSeqMax;
  c.hash = hash;
  RoomCounters& k = counters(i);
  if (k.floor_ahead > 0) k.floor_ahead = (k.floor_ahead - 1) & RoomCounters::kFloorAheadMax;
  return true;
}

bool RoomTable::jump(std::uint32_t i, const wire::Cursor& to) {
  const bool same_epoch = to.epoch.value == cursor(i).epoch;
  const Seq before = floor(i);
  if (!cursor(i).move_to(to)) return false;
  counters(i).floor_ahead = 0;
  if (same_epoch) raise_floor(i, before);
  return true;
}

RoomState RoomTable::state(std::uint32_t i) const {
  const RoomCursor& c = cursor(i);
  return RoomState{.room = c.room,
                   .cursor = c.cursor(),
                   .floor = floor(i),
                   .last_cseq = counters(i).last_cseq,
                   .mode = c.mode(),
                   .member = c.member != 0};
}

void RoomTable::restore(const RoomState& state) {
  const std::uint32_t i = find_or_add(state.room);
  RoomCursor& c = cursor(i);
  // A stored cursor that does not fit was not stored by us: begin anew, the server answers with a Reset.
  if (!c.move_to(state.cursor)) c.move_to(wire::Cursor{});
  c.set_mode(state.mode);
  c.member = state.member ? 1 : 0;
  counters(i) = RoomCounters{.last_cseq = state.last_cseq};
  raise_floor(i, state.floor);
}

}  // namespace starling::client
