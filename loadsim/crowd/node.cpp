#include "loadsim/crowd/node.h"

#include <algorithm>
#include <utility>

#include "common/base/assert.h"
#include "common/client/close_code.h"
#include "loadsim/crowd/people.h"

namespace starling::crowd {
namespace {

constexpr std::ptrdiff_t kAhead = 6;
constexpr auto kTicketLife = std::chrono::minutes(10);

}  // namespace

Node::Node(Context& context, const Plan& plan, Store& store, People& people, std::uint32_t number)
    : context_(&context),
      plan_(&plan),
      store_(&store),
      people_(&people),
      number_(number),
      unpacking_(context, plan),
      conns_(context.options.shards),
      free_(context.options.shards),
      tickets_(context.options.shards) {}

// ---- life

void Node::start() {
  STARLING_ASSERT(!up() && store_->quiet());
  ++boot_;
  const auto count = static_cast<std::uint16_t>(context_->options.shards);
  ports::View view{.id = ViewId(1)};
  view.add({.first = ShardId(0), .shards = count});
  rings_ = std::vector<Ring>(std::size_t{count} * count);
  flights_until_.assign(count, context_->now());
  armed_.assign(count, kNever);
  for (std::uint16_t i = 0; i < count; ++i) {
    const std::uint64_t seed = context_->draw_at(Stream::ShardSeed, number_ * 64 + i, boot_);
    shards_.push_back(std::make_unique<core::Shard>(context_->options.config, ShardId(i), view, boot_, seed));
    arm(i);
  }
}

std::uint64_t Node::kill() {
  if (!up()) return 0;
  std::uint64_t killed = 0;
  shards_.clear();
  store_->process_died();
  for (std::uint64_t& ticket : tickets_) ++ticket;
  for (std::uint32_t shard = 0; shard < conns_.size(); ++shard) {
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

WallTime Node::wall() const {
  return kBeginning + std::chrono::floor<std::chrono::milliseconds>(context_->now().time_since_epoch());
}

// ---- connections

Duration Node::latency(std::uint32_t user, std::uint32_t attempt) const {
  const std::uint64_t entity = std::uint64_t{number_} << 32 | user;
  return within(context_->options.link_latency, context_->draw_at(Stream::Link, entity, attempt));
}

Line Node::login(std::uint32_t user, std::uint32_t attempt, wire::Hello&& hello) {
  const std::uint64_t entity = std::uint64_t{number_} << 32 | user;
  const auto shard =
      static_cast<std::uint16_t>(scale(context_->draw_at(Stream::Dial, entity, attempt), context_->options.shards));
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

void Node::free_conn(std::uint32_t shard, std::uint32_t index) {
  conns_[shard][index].used = 0;
  free_[shard].push_back(index);
}

void Node::notice(const Line& line, Instant at) {
  const std::uint64_t conn = std::uint64_t{line.conn.generation} << 32 | line.conn.index;
  context_->wheel.schedule(at, What::LineNoticed, number_ << 8 | line.shard, conn);
}

void Node::on_line(std::uint32_t shard, ConnId id) {
  const Conn conn = conns_[shard][id.index];
  if (!up() || conn.used == 0 || conn.generation != id.generation) return;
  free_conn(shard, id.index);
  input(shard, core::Disconnected{.conn = id});
}

void Node::send_up(std::uint32_t user, std::uint32_t attempt, const Line& line, wire::ClientFrame&& frame) {
  const std::uint32_t slot = ups_.add({.boot = boot_, .line = line, .frame = std::move(frame)});
  context_->wheel.schedule(context_->now() + latency(user, attempt), What::UpArrives, slot, number_);
}

void Node::on_up(std::uint32_t slot) {
  Up message = ups_.take(slot);
  if (!up() || message.boot != boot_) return;
  input(message.line.shard, core::FrameReceived{.conn = message.line.conn, .frame = std::move(message.frame)});
}

void Node::drained(const Line& line, std::uint32_t bytes) {
  if (up()) input(line.shard, core::Drained{.conn = line.conn, .bytes = bytes});
}

// ---- inputs and effects

void Node::on_ring(std::uint32_t ring, std::uint64_t boot) {
  if (!up() || boot != boot_) return;
  Ring& r = rings_[ring];
  ports::Envelope envelope = std::move(r.queue.front());
  r.queue.pop_front();
  input(static_cast<std::uint32_t>(ring % shards_.size()), core::EnvelopeReceived{.envelope = std::move(envelope)});
}

void Node::on_store(std::uint32_t slot) {
  auto reply = store_->done(slot);
  if (reply) input(reply->shard.value, core::StoreCompleted{.completion = std::move(reply->completion)});
}

void Node::on_timer(std::uint32_t shard, std::uint64_t ticket) {
  if (!up() || tickets_[shard] != ticket) return;
  armed_[shard] = kNever;
  if (shards_[shard]->next_deadline() <= context_->now()) {
    input(shard, core::DeadlineReached{});
  } else {
    arm(shard);
  }
}

void Node::arm(std::uint32_t shard) {
  const Instant deadline = shards_[shard]->next_deadline();
  if (deadline >= armed_[shard]) return;  // an earlier one looks again
  armed_[shard] = deadline;
  context_->wheel.schedule(deadline, What::ShardTimer, number_ << 8 | shard, ++tickets_[shard]);
}

void Node::input(std::uint32_t shard, core::Input&& in) {
  ++context_->tally.inputs;
  context_->note(in.index(), std::uint64_t{number_} << 8 | shard);
  effects_.clear();
  shards_[shard]->on({.at = context_->now(), .wall = wall()}, std::move(in), effects_);
  carry_out(shard);
  arm(shard);
}

void Node::carry_out(std::uint32_t from) {
  for (core::Effects::Post& each : effects_.posts) post(from, each);
  for (ports::StoreOp& op : effects_.store) store_->submit(ShardId(static_cast<std::uint16_t>(from)), std::move(op));
  if (!effects_.sends.empty() || !effects_.closes.empty()) take_off(from);
}

void Node::post(std::uint32_t from, core::Effects::Post& post) {
  const std::uint32_t ring = from * static_cast<std::uint32_t>(shards_.size()) + post.to.value;
  Ring& r = rings_[ring];
  const std::uint64_t random = context_->next_draw(Stream::Ring, number_);
  const bool dropped = context_->strikes(context_->ring_drop, mix64(random));
  ++context_->tally.envelopes;
  if (dropped || r.queue.size() >= context_->options.ring_capacity) {
    ++context_->tally.envelopes_dropped;
    return;
  }
  r.queue.push_back(std::move(post.envelope));
  r.until = std::max(r.until, context_->now() + within(context_->options.ring_latency, random));
  context_->wheel.schedule(r.until, What::RingArrival, ring, boot_ << 16 | number_);
}

// ---- flights

void Node::take_off(std::uint32_t shard) {
  Flight flight{.boot = boot_, .shard = static_cast<std::uint16_t>(shard)};
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

void Node::on_flight(std::uint32_t slot) {
  const Flight flight = flights_.take(slot);
  if (!up() || flight.boot != boot_) return;
  const ConnId* next = flight.recipients.data();
  const std::vector<Conn>& conns = conns_[flight.shard];
  for (const Packet& packet : flight.packets) {
    const Parcel& parcel = *packet.parcel;
    for (const ConnId* const end = next + packet.count; next != end; ++next) {
      // Each of these is a line of memory of its own: they are asked for while the ones before are looked at.
      if (end - next > 2 * kAhead) __builtin_prefetch(&conns[next[2 * kAhead].index]);
      if (end - next > kAhead) people_->expect(conns[next[kAhead].index].user, parcel.pass);
      const Conn conn = conns[next->index];
      const Line line{.shard = flight.shard, .conn = *next};
      if (conn.generation == next->generation && people_->is_on(conn.user, line)) {
        people_->receive(conn.user, parcel, unpacking_);
      } else {
        ++context_->tally.lost_in_flight;
      }
    }
  }
  for (const Closing& each : flight.closings) {
    if (people_->is_on(each.user, each.line)) people_->lost(each.user);
  }
}

// ---- reports

std::string Node::pending() const {
  std::string text;
  for (std::size_t i = 0; i < shards_.size() && text.size() < 2000; ++i) {
    const std::string line = shards_[i]->pending();
    if (!line.empty()) text += "  shard " + std::to_string(i) + ": " + line + "\n";
  }
  return text;
}

}  // namespace starling::crowd
