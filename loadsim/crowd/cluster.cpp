#include "loadsim/crowd/cluster.h"

#include <algorithm>
#include <utility>

#include "common/base/assert.h"
#include "loadsim/crowd/people.h"

namespace starling::crowd {
namespace {

constexpr std::size_t kBlock = 32;
constexpr auto kTicketLife = std::chrono::minutes(10);
/// Shards number theirs from 1 on.
constexpr std::uint64_t kLeaseOp = 0;

}  // namespace

Cluster::Cluster(Context& context, const Plan& plan, Store& store, People& people, std::uint32_t number)
    : context_(&context),
      plan_(&plan),
      store_(&store),
      people_(&people),
      number_(number),
      shards_each_(context.options.shards),
      unpacking_(context, plan),
      servers_(context.options.nodes) {
  const std::size_t count = std::size_t{context.options.nodes} * shards_each_;
  shards_.resize(count);
  conns_.resize(count);
  rings_.resize(count * count);
  flights_until_.resize(count);
  armed_.resize(count);
  tickets_.resize(count);
  for (std::uint32_t node = 0; node < servers_.size(); ++node) servers_[node].boot = node;
}

// ---- life

void Cluster::start(std::uint32_t node) {
  Server& server = servers_[node];
  STARLING_ASSERT(!server.running && store_->quiet(node));
  server.running = true;
  server.boot += servers_.size();  // no two processes have the same
  const ports::ViewNode self{
      .first = name_of(node * shards_each_), .shards = static_cast<std::uint16_t>(shards_each_), .boot = server.boot};
  if (servers_.size() == 1) {
    server.view = {.id = ViewId(1)};
    server.view.add(self);
    return serve(node);
  }
  server.lease.emplace(context_->options.config, self);
  keep_lease(node);
}

void Cluster::serve(std::uint32_t node) {
  const Server& server = servers_[node];
  for (std::uint32_t i = node * shards_each_; i < (node + 1) * shards_each_; ++i) {
    const std::uint64_t seed = context_->draw_at(Stream::ShardSeed, number_ * 64 + i, server.boot);
    shards_[i] = std::make_unique<core::Shard>(context_->options.config, name_of(i), server.view, server.boot, seed);
    armed_[i] = kNever;
    arm(i);
  }
}

bool Cluster::restart(std::uint32_t node) {
  if (servers_[node].running) return false;
  on_node_starts(node, servers_[node].boot);
  return true;
}

void Cluster::on_node_starts(std::uint32_t node, std::uint64_t boot) {
  if (servers_[node].running || servers_[node].boot != boot) return;
  if (store_->quiet(node)) return start(node);
  context_->wheel.schedule(context_->now() + 1ms, What::NodeStarts, node, boot);
}

// ---- the view

void Cluster::keep_lease(std::uint32_t node) {
  Server& server = servers_[node];
  if (auto ask = server.lease->ask({.at = context_->now(), .wall = wall()})) {
    store_->submit(name_of(node * shards_each_), {.id = kLeaseOp, .request = *ask});
  }
  const Instant next = server.lease->next_deadline();
  if (next != kNever) {
    context_->wheel.schedule(next, What::LeaseTimer, node, ++server.lease_ticket);
  }
}

void Cluster::on_lease_timer(std::uint32_t node, std::uint64_t ticket) {
  if (servers_[node].lease && ticket == servers_[node].lease_ticket) keep_lease(node);
}

void Cluster::lease_answered(std::uint32_t node, ports::StoreCompletion&& done) {
  Server& server = servers_[node];
  core::Lease::News news = server.lease->answered(context_->now(), std::move(done));
  if (news.out) return put_out(node);
  for (ports::View& view : news.views) {
    server.view = std::move(view);
    if (up(node)) {
      input_all(node, core::ViewChanged{server.view});
    } else {
      serve(node);
    }
  }
  if (up(node)) input_all(node, core::LeaseExtended{server.lease->until()});
  keep_lease(node);
}

/// The others go on without this process: it starts anew.
void Cluster::put_out(std::uint32_t node) {
  if (context_->now() < servers_[node].lease->until()) {
    context_->violations.report({.guarantee = check::Guarantee::G5_ReadYourWrites,
                                 .text = "a server was put out of the view before its lease was over"});
  }
  kill(node);
  context_->wheel.schedule(context_->now() + 200ms, What::NodeStarts, node, servers_[node].boot);
}

std::uint64_t Cluster::kill(std::uint32_t node) {
  if (!servers_[node].running) return 0;
  servers_[node].running = false;
  servers_[node].lease.reset();
  store_->died(node);
  std::uint64_t killed = 0;
  for (std::uint32_t shard = node * shards_each_; shard < (node + 1) * shards_each_; ++shard) {
    shards_[shard] = nullptr;
    ++tickets_[shard];
    for (std::size_t from = 0; from < shards_.size(); ++from) rings_[from * shards_.size() + shard].queue.clear();
    conns_[shard].for_each([&](ConnId conn, std::uint32_t user) {
      conns_[shard].give_back(conn);
      if (!people_->is_on(user, {.shard = static_cast<std::uint16_t>(shard), .conn = conn})) return;
      ++killed;
      people_->lost(user);
    });
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
  const Line line{.shard = shard, .conn = conns_[shard].take(user)};
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

void Cluster::notice(const Line& line, Instant at) {
  const std::uint64_t conn = std::uint64_t{line.conn.generation} << 32 | line.conn.index;
  context_->wheel.schedule(at, What::LineNoticed, line.shard, conn);
}

void Cluster::on_line(std::uint32_t shard, ConnId id) {
  if (shards_[shard] == nullptr || conns_[shard].find(id) == nullptr) return;
  conns_[shard].give_back(id);
  input(shard, core::Disconnected{.conn = id});
}

void Cluster::send_up(std::uint32_t user, std::uint32_t attempt, const Line& line, wire::ClientFrame&& frame) {
  const std::uint32_t slot = ups_.add({.boot = boot_of(line.shard), .line = line, .frame = std::move(frame)});
  context_->wheel.schedule(context_->now() + latency(user, attempt), What::UpArrives, slot);
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
  if (!reply) return;
  if (reply->completion.id == kLeaseOp)
    return lease_answered(node_of(reply->shard.value), std::move(reply->completion));
  input(reply->shard.value, core::StoreCompleted{.completion = std::move(reply->completion)});
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
  context_->wheel.schedule(deadline, What::ShardTimer, shard, ++tickets_[shard]);
}

void Cluster::input(std::uint32_t shard, core::Input&& in) {
  ++context_->tally.inputs;
  context_->note(in.index(), std::uint64_t{number_} << 8 | shard);
  effects_.clear();
  shards_[shard]->on({.at = context_->now(), .wall = wall()}, std::move(in), effects_);
  carry_out(shard);
  arm(shard);
  std::optional<core::Lease>& lease = servers_[node_of(shard)].lease;
  if (!effects_.view_is_old || !lease) return;
  lease->hurry(context_->now());
  keep_lease(node_of(shard));
}

void Cluster::carry_out(std::uint32_t from) {
  for (ports::Post& each : effects_.posts) {
    // Lost together, as they cross together.
    const std::uint64_t random = context_->next_draw(Stream::Ring, number_);
    ports::unpack(std::move(each),
                  [&](ShardId to, ports::Envelope&& envelope) { post(from, to.value, std::move(envelope), random); });
  }
  for (ports::StoreOp& op : effects_.store) store_->submit(name_of(from), std::move(op));
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
  context_->wheel.schedule(r.until, What::RingArrival, ring, boot_of(to));
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
    const std::uint32_t* user = conns_[shard].find(close.conn);
    if (user == nullptr) continue;
    flight.closings.push_back({.user = *user, .line = {.shard = flight.shard, .conn = close.conn}});
    conns_[shard].give_back(close.conn);
  }
  Instant& until = flights_until_[shard];
  until = std::max(
      until, context_->now() + within(context_->options.link_latency, context_->next_draw(Stream::Flight, number_)));
  context_->wheel.schedule(until, What::FlightLands, flights_.add(std::move(flight)));
}

/// Each recipient lies in lines of memory of its own: those of all are asked for before the first is needed.
void Cluster::land(std::uint16_t shard, const Parcel& parcel, std::span<const ConnId> block) {
  const auto& conns = conns_[shard];
  for (const ConnId id : block) conns.expect(id);
  for (const ConnId id : block) people_->expect(conns.at(id.index), parcel.pass);
  for (const ConnId id : block) {
    const std::uint32_t* user = conns.had(id);  // what was sent before a close comes before it
    if (user != nullptr && people_->is_on(*user, {.shard = shard, .conn = id})) {
      people_->receive(*user, parcel, unpacking_);
    } else {
      ++context_->tally.lost_in_flight;
    }
  }
}

void Cluster::on_flight(std::uint32_t slot) {
  const Flight flight = flights_.take(slot);
  std::span<const ConnId> recipients(flight.recipients);
  const bool alive = shards_[flight.shard] != nullptr && flight.boot == boot_of(flight.shard);
  for (const Packet& packet : flight.packets) {
    for (std::size_t left = alive ? packet.count : 0; left != 0;) {
      const std::size_t block = std::min(left, kBlock);
      land(flight.shard, *packet.parcel, recipients.first(block));
      recipients = recipients.subspan(block);
      left -= block;
    }
  }
  // Also of a server that has died since.
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
