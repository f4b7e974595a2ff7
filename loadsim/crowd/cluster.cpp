#include "loadsim/crowd/cluster.h"

#include <algorithm>
#include <utility>

#include "common/base/assert.h"
#include "loadsim/crowd/people.h"

namespace starling::crowd {
namespace {

constexpr std::size_t kBlock = 32;
constexpr auto kTicketLife = std::chrono::minutes(10);

}  // namespace

Cluster::Cluster(Context& context, const Plan& plan, Store& store, People& people, std::uint32_t number)
    : context_(&context),
      plan_(&plan),
      store_(&store),
      people_(&people),
      number_(number),
      shards_each_(context.options.shards),
      view_{.id = ViewId(1)},
      unpacking_(context, plan),
      boots_(context.options.nodes) {
  for (std::uint32_t node = 0; node < context.options.nodes; ++node) {
    view_.add({.first = ShardId(static_cast<std::uint16_t>(node * shards_each_)),
               .shards = static_cast<std::uint16_t>(shards_each_)});
  }
  const std::size_t count = view_.shards.size();
  shards_.resize(count);
  conns_.resize(count);
  free_.resize(count);
  rings_.resize(count * count);
  flights_until_.resize(count);
  armed_.resize(count);
  tickets_.resize(count);
}

// ---- life

void Cluster::start(std::uint32_t node) {
  STARLING_ASSERT(!up(node) && store_->quiet(node));
  view_.nodes[node].boot = ++boots_[node];
  view_.id = view_.id.next();
  for (std::uint32_t i = 0; i < shards_.size(); ++i) {
    if (shards_[i] != nullptr) input(i, core::ViewChanged{view_});
  }
  for (std::uint32_t i = node * shards_each_; i < (node + 1) * shards_each_; ++i) {
    const std::uint64_t seed = context_->draw_at(Stream::ShardSeed, number_ * 64 + i, boots_[node]);
    shards_[i] = std::make_unique<core::Shard>(context_->options.config, view_.shards[i], view_, boots_[node], seed);
    armed_[i] = kNever;
    arm(i);
  }
}

std::uint64_t Cluster::kill(std::uint32_t node) {
  if (!up(node)) return 0;
  store_->died(node);
  std::uint64_t killed = 0;
  for (std::uint32_t shard = node * shards_each_; shard < (node + 1) * shards_each_; ++shard) {
    shards_[shard] = nullptr;
    ++tickets_[shard];
    for (std::size_t from = 0; from < shards_.size(); ++from) rings_[from * shards_.size() + shard].queue.clear();
    for (std::uint32_t i = 0; i < conns_[shard].size(); ++i) {
      if (conns_[shard][i].used == 0) continue;
      const std::uint32_t user = conns_[shard][i].user;
      const Line line{.shard = static_cast<std::uint16_t>(shard), .conn = {i, conns_[shard][i].generation}};
      free_conn(shard, i);
      if (!people_->is_on(user, line)) continue;
      ++killed;
      people_->lost(user);
    }
  }
  context_->tally.killed += killed;
  return killed;
}

WallTime Cluster::wall() const {
  return kBeginning + std::chrono::floor<std::chrono::milliseconds>(context_->now().time_since_epoch());
}

// ---- connections

Duration Cluster::latency(std::uint32_t user, std::uint32_t attempt) const {
  const std::uint64_t entity = std::uint64_t{number_} << 32 | user;
  return within(context_->options.link_latency, context_->draw_at(Stream::Link, entity, attempt));
}

std::optional<Line> Cluster::login(std::uint32_t user, std::uint32_t attempt, wire::Hello&& hello) {
  const std::uint64_t entity = std::uint64_t{number_} << 32 | user;
  const auto shard =
      static_cast<std::uint16_t>(scale(context_->draw_at(Stream::Dial, entity, attempt), shards_.size()));
  if (shards_[shard] == nullptr) return std::nullopt;
  if (free_[shard].empty()) {
    free_[shard].push_back(static_cast<std::uint32_t>(conns_[shard].size()));
    conns_[shard].emplace_back();
  }
  const std::uint32_t index = free_[shard].back();
  free_[shard].pop_back();
  Conn& conn = conns_[shard][index];
  conn.generation = (conn.generation + 1) & 0x7FFFFFFF;
  conn.used = 1;
  conn.user = user;
  const Line line{.shard = shard, .conn = {.index = index, .generation = conn.generation}};
  ++context_->tally.logins;
  input(shard, core::Connected{.conn = line.conn,
                               .claims = {.user = plan_->user_id(user),
                                          .device = plan_->device_id(user),
                                          .expires = wall() + kTicketLife,
                                          .grants = {.sends_per_s = 20, .sends_burst = 60},
                                          .from_ticket = attempt > 1},
                               .hello = std::move(hello),
                               .ticket = "ticket",
                               .ticket_expires = wall() + kTicketLife});
  return line;
}

void Cluster::free_conn(std::uint32_t shard, std::uint32_t index) {
  conns_[shard][index].used = 0;
  free_[shard].push_back(index);
}

void Cluster::notice(const Line& line, Instant at) {
  const std::uint64_t conn = std::uint64_t{line.conn.generation} << 32 | line.conn.index;
  context_->wheel.schedule(at, What::LineNoticed, number_ << 8 | line.shard, conn);
}

void Cluster::on_line(std::uint32_t shard, ConnId id) {
  const Conn conn = conns_[shard][id.index];
  if (shards_[shard] == nullptr || conn.used == 0 || conn.generation != id.generation) return;
  free_conn(shard, id.index);
  input(shard, core::Disconnected{.conn = id});
}

void Cluster::send_up(std::uint32_t user, std::uint32_t attempt, const Line& line, wire::ClientFrame&& frame) {
  const std::uint32_t slot = ups_.add({.boot = boot_of(line.shard), .line = line, .frame = std::move(frame)});
  context_->wheel.schedule(context_->now() + latency(user, attempt), What::UpArrives, slot, number_);
}

void Cluster::on_up(std::uint32_t slot) {
  Up message = ups_.take(slot);
  const std::uint32_t shard = message.line.shard;
  if (shards_[shard] == nullptr || message.boot != boot_of(shard)) return;
  input(shard, core::FrameReceived{.conn = message.line.conn, .frame = std::move(message.frame)});
}

void Cluster::drained(const Line& line, std::uint32_t bytes) {
  if (shards_[line.shard] != nullptr) input(line.shard, core::Drained{.conn = line.conn, .bytes = bytes});
}

// ---- inputs and effects

void Cluster::on_ring(std::uint32_t ring, std::uint64_t boot) {
  const auto to = static_cast<std::uint32_t>(ring % shards_.size());
  if (shards_[to] == nullptr || boot != boot_of(to)) return;
  Ring& r = rings_[ring];
  ports::Envelope envelope = std::move(r.queue.front());
  r.queue.pop_front();
  input(to, core::EnvelopeReceived{.envelope = std::move(envelope)});
}

void Cluster::on_store(std::uint32_t slot) {
  auto reply = store_->done(slot);
  if (reply) input(reply->shard.value, core::StoreCompleted{.completion = std::move(reply->completion)});
}

void Cluster::on_timer(std::uint32_t shard, std::uint64_t ticket) {
  if (shards_[shard] == nullptr || tickets_[shard] != ticket) return;
  armed_[shard] = kNever;
  if (shards_[shard]->next_deadline() <= context_->now()) {
    input(shard, core::DeadlineReached{});
  } else {
    arm(shard);
  }
}

void Cluster::arm(std::uint32_t shard) {
  const Instant deadline = shards_[shard]->next_deadline();
  if (deadline >= armed_[shard]) return;  // an earlier one looks again
  armed_[shard] = deadline;
  context_->wheel.schedule(deadline, What::ShardTimer, number_ << 8 | shard, ++tickets_[shard]);
}

void Cluster::input(std::uint32_t shard, core::Input&& in) {
  ++context_->tally.inputs;
  context_->note(in.index(), std::uint64_t{number_} << 8 | shard);
  effects_.clear();
  shards_[shard]->on({.at = context_->now(), .wall = wall()}, std::move(in), effects_);
  carry_out(shard);
  arm(shard);
}

void Cluster::carry_out(std::uint32_t from) {
  for (ports::Post& each : effects_.posts) {
    // Lost together, as they cross together.
    const std::uint64_t random = context_->next_draw(Stream::Ring, number_);
    ports::unpack(std::move(each),
                  [&](ShardId to, ports::Envelope&& envelope) { post(from, to.value, std::move(envelope), random); });
  }
  for (ports::StoreOp& op : effects_.store) store_->submit(ShardId(static_cast<std::uint16_t>(from)), std::move(op));
  if (!effects_.sends.empty() || !effects_.closes.empty()) take_off(from);
}

bool Cluster::is_lost(std::uint32_t from, std::uint32_t to, std::uint64_t random) {
  const std::uint32_t sender = node_of(from);
  const std::uint32_t receiver = node_of(to);
  if (sender == receiver) return context_->strikes(context_->ring_drop, random);
  const std::uint32_t first = number_ * context_->options.nodes + 1;
  const bool cut = std::ranges::any_of(context_->bus_cuts, [&](const Spell& spell) {
    const users::Fault& fault = context_->options.scenario.faults[spell.fault];
    return fault.node == first + sender && fault.to == first + receiver && context_->strikes(spell, random);
  });
  return cut || context_->strikes(context_->bus_drop, random);
}

void Cluster::post(std::uint32_t from, std::uint32_t to, ports::Envelope&& envelope, std::uint64_t random) {
  if (shards_[to] == nullptr) return;  // there is nobody
  const std::uint32_t ring = from * static_cast<std::uint32_t>(shards_.size()) + to;
  Ring& r = rings_[ring];
  ++context_->tally.envelopes;
  if (is_lost(from, to, mix64(random)) || r.queue.size() >= context_->options.ring_capacity) {
    ++context_->tally.envelopes_dropped;
    return;
  }
  const bool near = node_of(from) == node_of(to);
  r.queue.push_back(std::move(envelope));
  r.until = std::max(
      r.until, context_->now() + within(near ? context_->options.ring_latency : context_->options.bus_latency, random));
  context_->wheel.schedule(r.until, What::RingArrival, ring, boot_of(to) << 16 | number_);
}

// ---- flights

void Cluster::take_off(std::uint32_t shard) {
  Flight flight{.boot = boot_of(shard), .shard = static_cast<std::uint16_t>(shard)};
  flight.packets.reserve(effects_.sends.size());
  for (const core::Effects::Send& send : effects_.sends) {
    context_->note(send.frame.size(), send.count);
    flight.packets.push_back({.parcel = unpacking_.unpack(send.frame), .count = send.count});
    const auto first = effects_.recipients.begin() + send.first;
    flight.recipients.insert(flight.recipients.end(), first, first + send.count);
  }
  for (const core::Effects::Close& close : effects_.closes) {
    const Conn conn = conns_[shard][close.conn.index];
    if (conn.used == 0 || conn.generation != close.conn.generation) continue;
    free_conn(shard, close.conn.index);
    flight.closings.push_back({.user = conn.user, .line = {.shard = flight.shard, .conn = close.conn}});
  }
  Instant& until = flights_until_[shard];
  until = std::max(
      until, context_->now() + within(context_->options.link_latency, context_->next_draw(Stream::Flight, number_)));
  context_->wheel.schedule(until, What::FlightLands, flights_.add(std::move(flight)), number_);
}

/// Each recipient lies in lines of memory of its own: those of all are asked for before the first is needed.
void Cluster::land(std::uint16_t shard, const Parcel& parcel, std::span<const ConnId> block) {
  const std::vector<Conn>& conns = conns_[shard];
  for (const ConnId id : block) __builtin_prefetch(&conns[id.index]);
  for (const ConnId id : block) people_->expect(conns[id.index].user, parcel.pass);
  for (const ConnId id : block) {
    const Conn conn = conns[id.index];
    if (conn.generation == id.generation && people_->is_on(conn.user, {.shard = shard, .conn = id})) {
      people_->receive(conn.user, parcel, unpacking_);
    } else {
      ++context_->tally.lost_in_flight;
    }
  }
}

void Cluster::on_flight(std::uint32_t slot) {
  const Flight flight = flights_.take(slot);
  if (shards_[flight.shard] == nullptr || flight.boot != boot_of(flight.shard)) return;
  std::span<const ConnId> recipients(flight.recipients);
  for (const Packet& packet : flight.packets) {
    for (std::size_t left = packet.count; left != 0;) {
      const std::size_t block = std::min(left, kBlock);
      land(flight.shard, *packet.parcel, recipients.first(block));
      recipients = recipients.subspan(block);
      left -= block;
    }
  }
  for (const Closing& each : flight.closings) {
    if (people_->is_on(each.user, each.line)) people_->lost(each.user);
  }
}

// ---- reports

std::string Cluster::pending() const {
  std::string text;
  for (std::size_t i = 0; i < shards_.size() && text.size() < 2000; ++i) {
    if (shards_[i] == nullptr) continue;
    const std::string line = shards_[i]->pending();
    if (!line.empty()) text += "  shard " + std::to_string(i) + ": " + line + "\n";
  }
  return text;
}

}  // namespace starling::crowd
