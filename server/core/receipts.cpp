#include "server/core/receipts.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "common/base/mutant.h"
#include "common/wire/limits.h"
#include "server/core/sweeps.h"

namespace starling::core {
namespace {
bool is_large(const RoomHome& home) { return home.members.size() > wire::limits::kReceiptMembersMax; }

Seq within(Seq seq, const RoomHome& home) {
  if (mutant(Mutant::G20_MarkBeyondHead)) return seq;
  return std::min(seq, home.head);
}

wire::MemberReceipt receipt_of(const RoomReceipts& room, const MemberMarks& marks, const RoomHome& home) {
  return {.user = marks.user,
          .delivered = within(room.seq_of(marks.delivered), home),
          .read = within(room.seq_of(marks.read), home)};
}

/// By how many each seq from `from` on was reached.
template <class Mark>
std::vector<std::uint32_t> reached(const RoomReceipts& room, Mark mark, Seq from, Seq head) {
  std::vector<std::uint32_t> counts(static_cast<std::size_t>(head.value - from.value + 1));
  for (const MemberMarks& each : room.marks) {
    const Seq seq = std::min(room.seq_of(mark(each)), head);
    if (seq >= from) ++counts[static_cast<std::size_t>(seq.value - from.value)];
  }
  for (std::size_t i = counts.size(); i-- > 1;) counts[i - 1] += counts[i];
  return counts;
}

wire::Receipts counts_of(const RoomReceipts& room, const RoomHome& home) {
  wire::Receipts counts{.room = room.id};
  if (!home.head) return counts;
  const std::uint64_t newest = std::min<std::uint64_t>(home.head.value, wire::limits::kReceiptCountsMax);
  counts.counted_from = Seq(home.head.value - newest + 1);
  counts.delivered_counts =
      reached(room, [](const MemberMarks& each) { return each.delivered; }, counts.counted_from, home.head);
  counts.read_counts =
      reached(room, [](const MemberMarks& each) { return std::uint32_t{each.read}; }, counts.counted_from, home.head);
  return counts;
}

}  // namespace

void RoomReceipts::reach(Seq seq) {
  constexpr std::uint64_t kDistanceMax = (std::uint64_t{1} << 31) - 1;
  if (seq.value <= base.value + kDistanceMax) return;
  const std::uint64_t up = seq.value - kDistanceMax / 2 - base.value;
  const auto nearer = [up](std::uint32_t distance) {
    return distance > up ? static_cast<std::uint32_t>(distance - up) : std::uint32_t{0};
  };
  base = Seq(base.value + up);
  for (MemberMarks& each : marks) {
    each.delivered = nearer(each.delivered);
    each.read = nearer(each.read) & kDistanceMax;
  }
}

RoomReceipts* Receipts::find(RoomId room) {
  const auto slot = index_.find(room.value);
  return slot ? &rooms_[*slot] : nullptr;
}

RoomReceipts& Receipts::find_or_add(RoomId room) {
  if (RoomReceipts* known = find(room)) return *known;
  const std::uint32_t slot = rooms_.add();
  rooms_[slot].id = room;
  index_.set(room.value, slot);
  return rooms_[slot];
}

void Receipts::age(RoomReceipts& room) {
  const auto round =
      static_cast<std::uint32_t>(turn_.now.at.time_since_epoch() / (turn_.config.presence_lease * 5 / 4));
  const std::uint32_t passed = round - std::exchange(room.round, round);
  if (passed == 0) return;
  room.wanted_before = passed == 1 ? room.wanted : 0;
  room.wanted = 0;
}

// ---- marks

void Receipts::on(const ports::MarksSeen& seen) {
  for (const ports::MarkSeen& mark : seen.marks) {
    const RoomHome* home = homes_.peek(mark.room);
    if (home == nullptr || home->members.role(mark.user) == wire::Role::None) continue;
    RoomReceipts* room = find(mark.room);
    if (room != nullptr) age(*room);
    const bool looked_at = room != nullptr && (room->wanted | room->wanted_before) != 0;
    if (!looked_at && is_large(*home)) continue;
    raise(find_or_add(mark.room), *home, mark);
  }
}

void Receipts::raise(RoomReceipts& room, const RoomHome& home, const ports::MarkSeen& mark) {
  if (!is_large(home)) room.marks.reserve(home.members.size());
  auto at = std::ranges::lower_bound(room.marks, mark.user, {}, &MemberMarks::user);
  if (at == room.marks.end() || at->user != mark.user) at = room.marks.insert(at, {.user = mark.user});
  room.reach(std::max(within(mark.delivered, home), within(mark.read, home)));
  const std::uint32_t delivered = room.distance_of(within(mark.delivered, home));
  const std::uint32_t read = room.distance_of(within(mark.read, home));
  room.idle_sweeps = 0;
  if (delivered <= at->delivered && read <= at->read) return;
  at->delivered = std::max(at->delivered, delivered);
  at->read = std::max<std::uint32_t>(at->read, read) & ((std::uint32_t{1} << 31) - 1);
  at->moved = 1;
  if ((room.wanted | room.wanted_before) == 0 || std::exchange(room.listed, true)) return;
  moved_.push_back(room.id);
  turn_.schedule.arm(Chore::Receipts, std::max(turn_.now.at, flushed_at_ + turn_.config.receipt_batch));
}

// ---- telling

wire::Receipts Receipts::all_of(RoomReceipts& room, const RoomHome& home) {
  const auto has_left = [&](const MemberMarks& m) { return home.members.role(m.user) == wire::Role::None; };
  // Who comes back finds his marks where they were, unless too many have left.
  if (is_large(home) || room.marks.size() > 2 * wire::limits::kReceiptMembersMax) std::erase_if(room.marks, has_left);
  if (is_large(home)) return counts_of(room, home);
  wire::Receipts all{.room = room.id};
  for (const MemberMarks& marks : room.marks) {
    if (!has_left(marks)) all.members.push_back(receipt_of(room, marks, home));
  }
  return all;
}

wire::Receipts Receipts::moved_of(RoomReceipts& room, const RoomHome& home) {
  if (is_large(home)) return all_of(room, home);
  wire::Receipts moved{.room = room.id};
  for (MemberMarks& marks : room.marks) {
    const bool is_member = home.members.role(marks.user) != wire::Role::None;
    if (marks.moved != 0 && is_member) moved.members.push_back(receipt_of(room, marks, home));
    marks.moved = 0;
  }
  return moved;
}

wire::Receipts Receipts::subscribe(const RoomHome& home, ShardId from) {
  RoomReceipts& room = find_or_add(home.id);
  age(room);
  room.wanted |= std::uint64_t{1} << from.value;
  room.idle_sweeps = 0;
  return all_of(room, home);
}

void Receipts::flush() {
  if (moved_.empty()) return;
  const Instant next = flushed_at_ + turn_.config.receipt_batch;
  if (turn_.now.at < next) return turn_.schedule.arm(Chore::Receipts, next);
  flushed_at_ = turn_.now.at;
  for (const RoomId id : std::exchange(moved_, {})) {
    RoomReceipts* room = find(id);
    if (room == nullptr) continue;
    room->listed = false;
    const RoomHome* home = homes_.peek(id);
    if (home == nullptr) continue;
    age(*room);
    const std::uint64_t wanted = room->wanted | room->wanted_before;
    turn_.counters.presence_envelopes += static_cast<std::uint64_t>(std::popcount(wanted));
    links_.publish(wanted, ports::ReceiptsTold{.receipts = moved_of(*room, *home)});
  }
}

void Receipts::sweep(std::uint32_t slots) {
  for (std::uint32_t n = std::min(slots, rooms_.end()); n > 0; --n) {
    if (sweep_at_ >= rooms_.end()) sweep_at_ = 0;
    const std::uint32_t slot = sweep_at_++;
    RoomReceipts& room = rooms_[slot];
    if (!room.id) continue;
    age(room);
    if (room.listed || (room.wanted | room.wanted_before) != 0) {
      room.idle_sweeps = 0;
    } else if (++room.idle_sweeps > kIdleSweepsMax) {
      index_.erase(room.id.value);
      rooms_.remove(slot);
    }
  }
}

}  // namespace starling::core
