#include "loadsim/sim/bus.h"

#include <algorithm>
#include <utility>

namespace starling::sim {

Bus::Bus(Context& context)
    : context_(&context),
      shards_(std::uint32_t{context.options.shards} * context.options.nodes),
      routes_(std::size_t{shards_} * shards_),
      lives_(shards_) {}

void Bus::begins(std::uint32_t first) {
  ++starts_;
  for (std::uint32_t to = first; to < first + context_->options.shards; ++to) {
    lives_[to] = starts_;
    for (std::uint32_t from = 0; from < shards_; ++from) routes_[std::size_t{from} * shards_ + to] = {};
  }
}

void Bus::ends(std::uint32_t first) { std::fill_n(lives_.begin() + first, context_->options.shards, 0); }

void Bus::post(ShardId from, ShardId to, ports::Envelope&& envelope) {
  Route& r = route(from, to);
  const std::uint64_t random = context_->next_draw(Stream::RingDrop, 0, drops_);
  const bool full = r.under_way >= context_->options.ring_capacity;
  const bool dropped = context_->now() < ring_drop_.until && chance(random, ring_drop_.permille);
  if (dropped) ++context_->tally(users::FaultKind::RingDrop).effective;
  context_->trace.add(0x200, std::size_t{from.value} * shards_ + to.value, full || dropped ? 1 : 0);
  if (full || dropped) {
    context_->lost();
    return;
  }
  const Duration latency =
      within(context_->options.ring_latency, context_->next_draw(Stream::RingLatency, 0, latencies_));
  r.until = std::max(r.until, context_->now() + latency);
  fly(from, to, std::move(envelope), r.until);
}

void Bus::fly(ShardId from, ShardId to, ports::Envelope&& envelope, Instant at) {
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  slots_[slot] = {.from = from, .to = to, .life = lives_[to.value], .envelope = std::move(envelope)};
  ++route(from, to).under_way;
  context_->wheel.schedule(at, Happening::BusArrival, slot);
}

std::optional<ports::Envelope> Bus::take(std::uint32_t slot) {
  Slot& s = slots_[slot];
  free_.push_back(slot);
  const bool alive = s.life != 0 && s.life == lives_[s.to.value];
  ports::Envelope envelope = std::move(s.envelope);
  if (!alive) return std::nullopt;
  --route(s.from, s.to).under_way;
  return envelope;
}

void Bus::heal() { ring_drop_ = {}; }

}  // namespace starling::sim
