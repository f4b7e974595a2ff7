#include "loadsim/sim/bus.h"

#include <algorithm>
#include <utility>

#include "common/base/assert.h"
#include "loadsim/sim/recording.h"

namespace starling::sim {
namespace {
/// Marks an arrival that is not the next of its route.
constexpr std::uint32_t kStraggler = 1u << 31;
}  // namespace

Bus::Bus(Context& context)
    : context_(&context),
      shards_(std::uint32_t{context.options.shards} * context.options.nodes),
      routes_(std::size_t{shards_} * shards_),
      links_(std::size_t{context.options.nodes} * context.options.nodes),
      joined_(context.options.nodes),
      lives_(shards_) {}

void Bus::begins(std::uint32_t first) {
  ++starts_;
  for (std::uint32_t to = first; to < first + context_->options.shards; ++to) {
    lives_[to] = starts_;
    for (std::uint32_t from = 0; from < shards_; ++from) routes_[std::size_t{from} * shards_ + to] = {};
  }
  const std::uint32_t node = first / context_->options.shards;
  for (std::uint32_t from = 0; from < joined_.size(); ++from) link(from, node).under_way = 0;
  if (joined_.size() == 1) return;
  joined_[node] = context_->now() + context_->options.slow_join;
  context_->lost();  // what it knew is gone
}

void Bus::ends(std::uint32_t first) { std::fill_n(lives_.begin() + first, context_->options.shards, 0); }

void Bus::post(ShardId from, ports::Post&& post) {
  if (node_of(from) != node_of(post.to)) return post_to_node(from, std::move(post));
  ports::unpack(std::move(post),
                [&](ShardId to, ports::Envelope&& envelope) { post_in_node(from, to, std::move(envelope)); });
}

void Bus::post_in_node(ShardId from, ShardId to, ports::Envelope&& envelope) {
  Route& r = route(from, to);
  const std::uint64_t random = context_->next_draw(Stream::RingDrop, 0, drops_);
  const bool full = r.queue.size() >= context_->options.ring_capacity;
  const bool dropped = context_->now() < ring_drop_.until && chance(random, ring_drop_.permille);
  if (dropped) ++context_->tally(users::FaultKind::RingDrop).effective;
  const bool lost = full || dropped || swallowed(envelope);
  context_->trace.add(0x200, std::size_t{from.value} * shards_ + to.value, lost ? 1 : 0);
  if (lost) return lose(to, envelope);
  const Duration latency =
      within(context_->options.ring_latency, context_->next_draw(Stream::RingLatency, 0, latencies_));
  r.until = std::max(r.until, context_->now() + latency);
  fly(from, to, std::move(envelope), r.until);
}

bool Bus::swallowed(const ports::Envelope& envelope) const {
  return context_->now() < swallow_until_ && std::holds_alternative<ports::EventsPublished>(envelope.payload);
}

/// Why it does not arrive, of which the sender hears nothing.
bool Bus::is_lost(std::uint32_t from, std::uint32_t to, std::uint64_t random) {
  const Instant now = context_->now();
  if (now < link(from, to).cut_until) {
    ++context_->tally(users::FaultKind::BusCut).effective;
    return true;
  }
  if (now < drop_.until && chance(random, drop_.permille)) {
    ++context_->tally(users::FaultKind::BusDrop).effective;
    return true;
  }
  return now < joined_[from] || now < joined_[to] || link(from, to).under_way >= context_->options.bus_capacity;
}

void Bus::lose(ShardId to, const ports::Envelope& envelope) {
  context_->lost();
  if (context_->recording != nullptr) context_->recording->lost(context_->now(), to, envelope);
}

/// To whichever shards of the node: it crosses, or is lost, as one.
void Bus::post_to_node(ShardId from, ports::Post&& post) {
  const std::uint32_t node = node_of(post.to);
  Link& l = link(node_of(from), node);
  const std::uint64_t random = context_->next_draw(Stream::Bus, std::size_t{node_of(from)} * shards_ + node, l.draws);
  const bool lost = is_lost(node_of(from), node, random) || swallowed(post.envelope);
  context_->trace.add(0x201, std::size_t{from.value} * shards_ + post.to.value, lost ? 1 : 0);
  if (!lost && lives_[post.to.value] == 0) return;  // there is nobody
  ports::unpack(std::move(post), [&](ShardId to, ports::Envelope&& envelope) {
    if (lost) return lose(to, envelope);
    arrive_at_node(from, to, std::move(envelope), mix64(random));
  });
}

void Bus::arrive_at_node(ShardId from, ShardId to, ports::Envelope&& envelope, std::uint64_t random) {
  Instant& until = route(from, to).until;
  const Instant at = std::max(until, context_->now() + within(context_->options.bus_latency, random));
  if (context_->now() < dup_.until && chance(mix64(random ^ 1), dup_.permille)) {
    ++context_->tally(users::FaultKind::BusDup).effective;
    straggle({.from = from, .to = to, .envelope = envelope},
             at + within(context_->options.bus_latency, mix64(random ^ 2)));
  }
  if (context_->now() < reorder_until_ && random % 4 == 0) {
    ++context_->tally(users::FaultKind::BusReorder).effective;
    straggle({.from = from, .to = to, .overtaken = true, .envelope = std::move(envelope)},
             at + within({0ns, reorder_within_}, mix64(random)));
  } else {
    until = at;
    fly(from, to, std::move(envelope), at);
  }
}

void Bus::disturb(const users::Fault& fault) {
  const Instant until = context_->now() + fault.span;
  switch (fault.kind) {
    case users::FaultKind::BusDrop:
      drop_ = {fault.permille, until};
      return;
    case users::FaultKind::BusDup:
      dup_ = {fault.permille, until};
      return;
    case users::FaultKind::BusReorder:
      reorder_within_ = fault.delay;
      reorder_until_ = until;
      return;
    case users::FaultKind::BusCut:
      if (std::max(fault.node, fault.to) <= joined_.size()) link(fault.node - 1, fault.to - 1).cut_until = until;
      return;
    default:
      STARLING_ASSERT(false);
  }
}

void Bus::fly(ShardId from, ShardId to, ports::Envelope&& envelope, Instant at) {
  route(from, to).queue.push_back(std::move(envelope));
  if (node_of(from) != node_of(to)) ++link(node_of(from), node_of(to)).under_way;
  const std::uint32_t arrival = from.value * shards_ + to.value;
  context_->wheel.schedule(at, Happening::BusArrival, arrival, lives_[to.value]);
}

void Bus::straggle(Straggler&& late, Instant at) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(stragglers_.size()));
    stragglers_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  ++link(node_of(late.from), node_of(late.to)).under_way;
  context_->wheel.schedule(at, Happening::BusArrival, kStraggler | slot, lives_[late.to.value]);
  stragglers_[slot] = std::move(late);
}

ShardId Bus::destination(std::uint32_t arrival) const {
  if ((arrival & kStraggler) != 0) return stragglers_[arrival & ~kStraggler].to;
  return ShardId(static_cast<std::uint16_t>(arrival % shards_));
}

std::optional<ports::Envelope> Bus::take(std::uint32_t arrival, std::uint64_t life) {
  const ShardId to = destination(arrival);
  const bool alive = life == lives_[to.value];
  if ((arrival & kStraggler) != 0) {
    Straggler& late = stragglers_[arrival & ~kStraggler];
    free_.push_back(arrival & ~kStraggler);
    if (!alive) return std::nullopt;
    if (late.overtaken) context_->lost();  // the receiver has given it up
    --link(node_of(late.from), node_of(to)).under_way;
    return std::move(late.envelope);
  }
  Route& r = routes_[arrival];
  if (!alive || r.queue.empty()) return std::nullopt;
  const ShardId from(static_cast<std::uint16_t>(arrival / shards_));
  if (node_of(from) != node_of(to)) --link(node_of(from), node_of(to)).under_way;
  ports::Envelope envelope = std::move(r.queue.front());
  r.queue.pop_front();
  return envelope;
}

void Bus::heal() {
  ring_drop_ = drop_ = dup_ = {};
  reorder_until_ = {};
  for (Link& each : links_) each.cut_until = {};
}

}  // namespace starling::sim
