#include "server/core/shared_tails.h"

#include <algorithm>

#include "common/base/mutant.h"

namespace starling::core {

void SharedTails::append(RoomId room, Epoch epoch, std::span<const wire::Event> events) {
  if (!used() || events.empty()) return;
  const auto erases = [](const wire::Event& event) { return event.kind == wire::EventKind::Delete; };
  if (std::ranges::any_of(events, erases)) {
    turn_.out->directory.push_back({.request = ports::ForgetTail{.room = room}});
    return;
  }
  turn_.out->directory.push_back(
      {.request = ports::AppendTail{.room = room, .epoch = epoch, .events = {events.begin(), events.end()}}});
}

void SharedTails::read(const TailFloor& floor, Seq after) {
  const std::uint64_t id = ++last_id_;
  reads_.emplace(id, floor);
  turn_.out->directory.push_back(
      {.id = id, .request = ports::ReadTail{.room = floor.room, .epoch = floor.epoch, .after = after}});
}

std::optional<TailFloor> SharedTails::take(std::uint64_t id) {
  const auto at = reads_.find(id);
  if (at == reads_.end()) return std::nullopt;
  const TailFloor floor = at->second;
  reads_.erase(at);
  return floor;
}

bool reaches(std::span<const wire::Event> events, Seq seq, PrefixHash hash, const TailFloor& floor) {
  if (mutant(Mutant::M13_CacheBelieved)) return !events.empty();
  for (const wire::Event& event : events) {
    if (event.seq <= seq) continue;
    if (event.seq != seq.next() || event.seq > floor.head) break;
    hash = wire::fold(hash, event);
    seq = event.seq;
  }
  return seq == floor.head && hash == floor.hash;
}

}  // namespace starling::core
