#include "loadsim/sim/tail_cache.h"

#include <algorithm>
#include <iterator>

#include "common/base/mutant.h"
#include "common/base/probe.h"

namespace starling::sim {

void TailCache::append(const ports::AppendTail& request, Instant now) {
  make_room_for(request.room, now);
  Kept& kept = rooms_[request.room];
  const bool goes_on = kept.events.empty() ||
                       (kept.epoch == request.epoch && kept.events.back().seq.next() == request.events.front().seq);
  if (!goes_on && !mutant(Mutant::M13_CacheBelieved)) {
    probe(Probe::cache_hole_deleted);
    rooms_.erase(request.room);
    return;
  }
  kept.epoch = request.epoch;
  kept.written = now;
  for (const wire::Event& event : request.events) {
    kept.bytes += ports::tail_bytes(event);
    kept.events.push_back(event);
  }
  trim(kept);
  if (kept.events.empty()) rooms_.erase(request.room);
}

void TailCache::trim(Kept& kept) const {
  while (kept.events.size() > limits_.events_max || kept.bytes > limits_.bytes_max) {
    kept.bytes -= ports::tail_bytes(kept.events.front());
    kept.events.pop_front();
  }
}

void TailCache::make_room_for(RoomId room, Instant now) {
  std::erase_if(rooms_, [&](const auto& each) { return is_over(each.second, now); });
  if (rooms_.size() < rooms_max_ || rooms_.contains(room)) return;
  const auto oldest = [](const auto& a, const auto& b) { return a.second.written < b.second.written; };
  rooms_.erase(std::ranges::min_element(rooms_, oldest));
}

std::vector<wire::Event> TailCache::read(const ports::ReadTail& request, Instant now) const {
  const auto at = rooms_.find(request.room);
  if (at == rooms_.end()) return {};
  const Kept& kept = at->second;
  if (kept.epoch != request.epoch || is_over(kept, now) || kept.events.front().seq > request.after.next()) return {};
  std::vector<wire::Event> events;
  std::ranges::copy_if(kept.events, std::back_inserter(events),
                       [&](const wire::Event& event) { return event.seq > request.after; });
  return events;
}

}  // namespace starling::sim
