#include "loadsim/sim/node.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "common/base/assert.h"
#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "common/wire/close_code.h"
#include "loadsim/sim/recording.h"
#include "server/ports/entry.h"

namespace starling::sim {
namespace {

constexpr auto kTicketLife = std::chrono::minutes(10);
/// Shards number theirs from 1 on.
constexpr std::uint64_t kLeaseOp = 0;

std::uint16_t close_code_of(core::CloseReason reason) {
  switch (reason) {
    case core::CloseReason::ProtocolError:
      return wire::close_code::kProtocolError;
    case core::CloseReason::Fenced:
      return wire::close_code::kFenced;
    case core::CloseReason::Revoked:
      return wire::close_code::kUnauthorized;
    case core::CloseReason::SlowReader:
      return wire::close_code::kSlowReader;
    case core::CloseReason::Draining:
      return wire::close_code::kDraining;
    case core::CloseReason::Overloaded:
      return wire::close_code::kOverloaded;
  }
  return wire::close_code::kNone;
}

}  // namespace

std::string to_text(const Credential& credential) {
  return (credential.ticket ? "ticket " : "token ") + std::to_string(credential.user.value) + " " +
         std::to_string(credential.device.value) + " " + std::to_string(to_ms(credential.expires));
}

bool from_text(const std::string& text, Credential& credential) {
  const std::size_t space = text.find(' ');
  if (space == std::string::npos) return false;
  credential.ticket = text.compare(0, space, "ticket") == 0;
  std::int64_t numbers[3] = {};
  const char* at = text.data() + space;
  const char* end = text.data() + text.size();
  for (std::int64_t& number : numbers) {
    if (at == end || *at != ' ') return false;
    const auto [rest, error] = std::from_chars(at + 1, end, number);
    if (error != std::errc()) return false;
    at = rest;
  }
  credential.user = UserId(static_cast<std::uint64_t>(numbers[0]));
  credential.device = DeviceId(static_cast<std::uint64_t>(numbers[1]));
  credential.expires = wall_from_ms(numbers[2]);
  return at == end;
}

Node::Node(std::uint32_t index, const Surroundings& around)
    : context_(around.context),
      network_(around.network),
      store_(around.store),
      bus_(around.bus),
      directory_(around.directory),
      index_(index),
      first_shard_(index * around.context->options.shards),
      boot_(index),
      steady_offset_(within({0s, 1000h}, around.context->draw_at(Stream::Bus, 1u << 20, index)) *
                     (index == 0 ? 0 : 1)) {}

// ---- life

void Node::give_up() {
  kill(StoreModel::Death::Process);
  given_up_ = true;
}

void Node::start() {
  STARLING_ASSERT(!up());
  if (given_up_) return;
  up_ = true;
  boot_ += context_->options.nodes;  // no two processes have the same
  draining_ = false;
  paused_until_ = context_->now();
  const ports::ViewNode self{.first = name_of(0), .shards = context_->options.shards, .boot = boot_};
  if (context_->options.nodes == 1) {
    view_ = {.id = ViewId(1)};
    view_.add(self);
    return serve();
  }
  lease_.emplace(context_->options.config, self);
  keep_lease();
}

void Node::serve() {
  const std::uint16_t count = context_->options.shards;
  conns_.resize(count);
  bus_->begins(first_shard_);
  armed_.assign(count, kNever);
  tickets_.resize(count);
  for (std::uint16_t i = 0; i < count; ++i) {
    const std::uint64_t seed = context_->draw_at(Stream::ShardSeed, name_of(i).value, boot_);
    shards_.push_back(std::make_unique<core::Shard>(context_->options.config, name_of(i), view_, boot_, seed));
    if (context_->recording != nullptr) context_->recording->shard(context_->now(), name_of(i), Step::What::ShardUp);
    arm(i);
  }
}

// ---- the view

void Node::keep_lease() {
  if (auto ask = lease_->ask({.at = steady(context_->now()), .wall = wall()})) {
    if (mutant(Mutant::M14_ViewInDirectory)) {
      return lease_answered(
          {.status = ports::StoreStatus::Ok, .result = directory_->views().keep(*ask, context_->now())});
    }
    store_->submit(name_of(0), {.id = kLeaseOp, .request = *ask});
  }
  const Instant next = lease_->next_deadline();
  if (next == kNever) return;
  context_->wheel.schedule(next - steady_offset_, Happening::LeaseTimer, index_, ++lease_ticket_);
}

void Node::on_lease_timer(std::uint64_t ticket) {
  if (lease_ && ticket == lease_ticket_) keep_lease();
}

void Node::lease_answered(ports::StoreCompletion&& done) {
  core::Lease::News news = lease_->answered(steady(context_->now()), std::move(done));
  if (news.out) return put_out();
  for (ports::View& view : news.views) enter(std::move(view));
  input_all(core::LeaseExtended{lease_->until()});
  if (draining_ && lease_->left()) input_all(core::DrainRequested{});
  keep_lease();
}

void Node::enter(ports::View&& view) {
  context_->trace.add(0x800, view.id.value, view.nodes.size());
  context_->lost();  // until what has moved is registered anew
  view_ = std::move(view);
  if (!serving()) return serve();
  input_all(core::ViewChanged{view_});
}

/// The others go on without this process: it starts anew.
void Node::put_out() {
  probe(Probe::node_evicted_by_lease);
  if (steady(context_->now()) < lease_->until()) {
    context_->violations.report(
        {.guarantee = check::Guarantee::G5_ReadYourWrites,
         .text = "node " + std::to_string(index_ + 1) + " was put out of the view before its lease was over"});
  }
  kill(StoreModel::Death::Process);
  context_->wheel.schedule(context_->now() + 200ms, Happening::NodeStarts, index_, boot_);
}

void Node::pause(Instant until) {
  paused_until_ = until;
  context_->hinder_repair(until);
}

void Node::kill(StoreModel::Death death) {
  if (!up()) return;
  for (std::uint32_t i = 0; i < shards_.size() && context_->recording != nullptr; ++i) {
    context_->recording->shard(context_->now(), name_of(i), Step::What::ShardDown);
  }
  up_ = false;
  lease_.reset();
  shards_.clear();
  entering_.clear();
  bus_->ends(first_shard_);
  store_->process_died(index_, death);
  directory_->process_died(index_);
  for (ConnTable<Conn>& conns : conns_) conns.begin_anew();
  for (std::uint64_t& ticket : tickets_) ++ticket;
  for (std::uint32_t device = 0; device < endpoints_.size(); ++device) {
    Endpoint& end = endpoints_[device];
    if (!std::exchange(end.open, false)) continue;
    // The kernel resets the connections of a dead process: what was queued in it is gone.
    Link& link = network_->link(device);
    if (link.attempt != end.attempt) continue;
    link.outbox.clear();
    link.outbox_bytes = 0;
    network_->close_down(device, wire::close_code::kNone);
  }
}

/// A node of several leaves the view first, and then sends its sessions away.
void Node::drain() {
  if (!serving() || draining_) return;
  draining_ = true;
  if (!lease_) return input_all(core::DrainRequested{});
  lease_->leave(steady(context_->now()));
  keep_lease();
}

bool Node::drained() const {
  return std::all_of(shards_.begin(), shards_.end(), [](const auto& shard) { return shard->drained(); });
}

std::uint64_t Node::waiting_bytes() const {
  std::uint64_t bytes = counters().commit_queue_bytes;
  for (std::uint32_t device = 0; device < endpoints_.size(); ++device) {
    const Link& link = network_->link(device);
    if (endpoints_[device].open && endpoints_[device].attempt == link.attempt) bytes += link.outbox_bytes;
  }
  return bytes;
}

WallTime Node::wall() const {
  const Duration since = context_->now() - drift_since_;
  const Duration drift = drifted_ + Duration(since.count() / 1'000'000 * drift_ppm_);
  return true_wall(context_->now() + clock_step_ + drift);
}

core::Now Node::moment() const {
  const core::Now now{.at = steady(context_->now()), .wall = wall()};
  return {.at = now.at, .wall = lease_ ? core::held_to(lease_->store_clock(), now) : now.wall};
}

void Node::drift_clock(std::int64_t ppm) {
  drifted_ += Duration((context_->now() - drift_since_).count() / 1'000'000 * drift_ppm_);
  drift_since_ = context_->now();
  drift_ppm_ = ppm;
}

// ---- connections

Node::Endpoint& Node::endpoint(std::uint32_t device) {
  if (device >= endpoints_.size()) endpoints_.resize(device + 1);
  return endpoints_[device];
}

void Node::on_dial(std::uint32_t device) {
  Endpoint& end = endpoint(device);
  const std::uint32_t attempt = network_->link(device).attempt;
  // The older connection of the device may still be open here: the shard fences it when the new one logs in.
  end = {.shard = static_cast<std::uint16_t>(
             scale(context_->draw_at(Stream::Dial, device, attempt), context_->options.shards)),
         .open = true,
         .attempt = attempt};
}

void Node::on_frame(std::uint32_t device, wire::ClientFrame frame) {
  Endpoint& end = endpoint(device);
  if (!end.open || end.attempt != network_->link(device).attempt) return;
  if (end.admitted) {
    if (context_->recording != nullptr) {
      context_->recording->arrived(context_->now(), name_of(end.shard), device, frame);
    }
    input(end.shard, core::FrameReceived{.conn = end.conn, .frame = std::move(frame)});
  } else if (auto* hello = std::get_if<wire::Hello>(&frame)) {
    admit(device, end, std::move(*hello));
  }
}

/// The runtime's part: verifies the token, and only then tells the core.
void Node::admit(std::uint32_t device, Endpoint& end, wire::Hello hello) {
  Credential credential;
  const bool genuine = from_text(hello.token, credential);
  if (!genuine || wall() >= credential.expires) {
    end.open = false;
    network_->close_down(device, genuine ? wire::close_code::kTokenExpired : wire::close_code::kUnauthorized);
    return;
  }
  end.admitted = true;
  end.conn = conns_[end.shard].take({.device = device, .attempt = end.attempt});
  const WallTime expires = wall() + kTicketLife;
  const Options& options = context_->options;
  core::Connected connected{
      .conn = end.conn,
      .claims = {.user = credential.user,
                 .device = credential.device,
                 .expires = credential.expires,
                 .grants = {.sends_per_s = options.grants_sends_per_s, .sends_burst = options.grants_burst},
                 .from_ticket = credential.ticket},
      .hello = std::move(hello),
      .ticket = to_text({.user = credential.user, .device = credential.device, .expires = expires, .ticket = true}),
      .ticket_expires = expires};
  input(end.shard, std::move(connected));
}

void Node::on_drained(std::uint32_t device, std::uint32_t bytes) {
  const Endpoint& end = endpoint(device);
  if (end.open && end.admitted && bytes != 0) input(end.shard, core::Drained{.conn = end.conn, .bytes = bytes});
}

void Node::on_lost(std::uint32_t device, std::uint32_t attempt) {
  for (std::uint32_t shard = 0; shard < conns_.size(); ++shard) {
    conns_[shard].for_each([&](ConnId id, const Conn& conn) {
      if (conn.device != device || conn.attempt != attempt) return;
      input(shard, core::Disconnected{.conn = id});
      conns_[shard].give_back(id);
    });
  }
  Endpoint& end = endpoint(device);
  if (end.attempt == attempt) end.open = false;
}

// ---- inputs and effects

void Node::on_envelope(ShardId to, ports::Envelope envelope) {
  input(index_of(to), core::EnvelopeReceived{.envelope = std::move(envelope)});
}

void Node::enter_by_link(RoomId room, Epoch epoch, UserId user) {
  if (!serving()) return;
  const ShardId home = ports::home_of(view_, room);
  if (index_of(home) >= shards_.size()) return;
  ports::CommitBatch batch{.room = room,
                           .epoch = epoch,
                           .rooms_per_user_max = context_->options.config.rooms_per_user_max,
                           .now = moment().wall,
                           .rows = {}};
  batch.rows.push_back(ports::entry_of(user));
  const std::uint64_t id = StoreModel::kOfTheService | ++entries_;
  entering_.insert_or_assign(id, std::move(batch));
  store_->submit(
      home,
      {.id = id, .request = ports::ChangeRooms{ports::UseLink{.caller = user, .code = code_of(room), .now = wall()}}});
}

void Node::entered(StoreModel::Reply&& reply) {
  const bool ok = reply.completion.status == ports::StoreStatus::Ok;
  if (auto entry = entering_.extract(reply.completion.id)) {
    if (ok) store_->submit(reply.shard, {.id = reply.completion.id, .request = std::move(entry.mapped())});
    return;
  }
  auto* done = std::get_if<ports::Committed>(&reply.completion.result);
  if (done == nullptr) return;
  if (reply.completion.status == ports::StoreStatus::Unknown) {
    // Nobody else knows whether the log has grown.
    return store_->submit(reply.shard, {.id = reply.completion.id, .request = std::move(done->batch)});
  }
  if (!ok || !done->exists) return;
  const wire::SendStatus status = done->results.front().status;
  if (status != wire::SendStatus::Accepted && status != wire::SendStatus::Duplicate) return;
  input(index_of(reply.shard), core::LogGrew{.room = done->batch.room, .head = done->head});
}

void Node::on_store(StoreModel::Reply reply) {
  if ((reply.completion.id & StoreModel::kOfTheService) != 0) return entered(std::move(reply));
  if (reply.completion.id == kLeaseOp) return lease_answered(std::move(reply.completion));
  input(index_of(reply.shard), core::StoreCompleted{.completion = std::move(reply.completion)});
}

void Node::on_directory(DirectoryModel::Reply reply) {
  input(index_of(reply.shard), core::TailAnswered{.read = std::move(reply.read)});
}

void Node::on_timer(ShardId name, std::uint64_t ticket) {
  const std::uint32_t shard = index_of(name);
  if (tickets_[shard] != ticket) return;
  armed_[shard] = kNever;
  if (shards_[shard]->next_deadline() <= steady(context_->now())) {
    input(shard, core::DeadlineReached{});
  } else {
    arm(shard);
  }
}

void Node::arm(std::uint32_t shard) {
  const Instant next = shards_[shard]->next_deadline();
  const Instant deadline = next == kNever ? kNever : next - steady_offset_;
  if (deadline >= armed_[shard]) return;  // an earlier one looks again
  armed_[shard] = deadline;
  context_->wheel.schedule(deadline, Happening::ShardTimer, name_of(shard).value, ++tickets_[shard]);
}

void Node::input(std::uint32_t shard, core::Input&& in) {
  ++context_->inputs;
  context_->trace.add(0x100 + in.index(), name_of(shard).value,
                      static_cast<std::uint64_t>(context_->now().time_since_epoch().count()));
  effects_.clear();
  shards_[shard]->on(moment(), std::move(in), effects_);
  carry_out(shard);
  arm(shard);
  if (!effects_.view_is_old || !lease_) return;
  lease_->hurry(steady(context_->now()));
  keep_lease();
}

void Node::carry_out(std::uint32_t from) {
  for (ports::Post& each : effects_.posts) bus_->post(name_of(from), std::move(each));
  for (ports::StoreOp& op : effects_.store) store_->submit(name_of(from), std::move(op));
  for (ports::DirectoryOp& op : effects_.directory) directory_->submit(name_of(from), std::move(op));
  for (const core::Effects::Send& each : effects_.sends) send(from, each);
  for (const core::Effects::Close& each : effects_.closes) close(from, each);
}

void Node::send(std::uint32_t shard, const core::Effects::Send& send) {
  auto decoded = decoder_.server(send.frame.payload());
  STARLING_ASSERT(decoded.has_value());  // the server never says what the codec refuses
  const DownFrame frame{.frame = std::make_shared<const wire::ServerFrame>(std::move(*decoded)), .raw = send.frame};
  const auto payload = send.frame.payload();
  context_->trace.add(0x300, send.count,
                      wire::body_hash({reinterpret_cast<const char*>(payload.data()), payload.size()}));
  for (std::uint32_t i = send.first; i < send.first + send.count; ++i) {
    const ConnId id = effects_.recipients[i];
    const Conn* conn = conns_[shard].find(id);
    if (conn == nullptr || network_->link(conn->device).attempt != conn->attempt) continue;
    if (context_->recording != nullptr) {
      context_->recording->sent_down(context_->now(), name_of(shard), conn->device, *frame.frame);
    }
    network_->send_down(conn->device, frame);
  }
}

void Node::close(std::uint32_t shard, const core::Effects::Close& close) {
  const Conn conn = conns_[shard].at(close.conn.index);
  context_->trace.add(0x400, conn.device, static_cast<std::uint64_t>(close.reason));
  if (conns_[shard].find(close.conn) == nullptr) return;
  conns_[shard].give_back(close.conn);
  Endpoint& end = endpoint(conn.device);
  if (end.attempt == conn.attempt) end.open = false;
  if (network_->link(conn.device).attempt == conn.attempt) {
    network_->close_down(conn.device, close_code_of(close.reason));
  }
}

// ---- reports

std::string Node::pending() const {
  std::string text;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const std::string line = shards_[i]->pending();
    if (!line.empty())
      text += "  shard " + std::to_string(name_of(static_cast<std::uint32_t>(i)).value) + ": " + line + "\n";
  }
  return text;
}

core::Counters Node::counters() const {
  core::Counters sum;
  for (const auto& shard : shards_) {
    const core::Counters& c = shard->counters();
    sum.events_committed += c.events_committed;
    sum.events_delivered += c.events_delivered;
    sum.lagging_entered += c.lagging_entered;
    sum.slow_closed += c.slow_closed;
    sum.store_ops += c.store_ops;
    sum.sessions += c.sessions;
    sum.sessions_lagging += c.sessions_lagging;
    sum.commit_queue_bytes += c.commit_queue_bytes;
  }
  return sum;
}

}  // namespace starling::sim
