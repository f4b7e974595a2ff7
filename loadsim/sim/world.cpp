#include "loadsim/sim/world.h"

#include <algorithm>
#include <utility>

#include "common/base/assert.h"
#include "common/base/probe.h"

namespace starling::sim {
namespace {

constexpr Duration kSampleEvery = 250ms;
/// More happenings than this at one instant, and something feeds itself.
constexpr std::uint32_t kAtOnceMax = 200'000;

}  // namespace

World::World(Options options, Recording* recording)
    : context_(std::move(options), recording),
      store_(make_store(context_, database_)),
      network_(context_),
      bus_(context_),
      directory_(context_),
      witness_(context_, database_),
      nemesis_(*this),
      habit_(context_),
      cast_(context_.options.scenario ? std::make_unique<Cast>(context_) : nullptr),
      presence_(context_) {
  for (std::uint32_t i = 0; i < context_.options.nodes; ++i) {
    nodes_.push_back(
        std::make_unique<Node>(i, Node::Surroundings{&context_, &network_, store_.get(), &bus_, &directory_}));
  }
  for (const auto& node : nodes_) node->start();
  nemesis_.arm();
  context_.wheel.schedule(Instant() + kSampleEvery, Happening::Sample);
}

World::~World() = default;

// ---- the population

void World::populate() {
  if (cast_) {
    populate_by_scenario();
  } else {
    populate_by_draw();
  }
}

void World::populate_by_scenario() {
  const users::Scenario& scenario = cast_->scenario();
  const wire::RoomKind kind = scenario.rooms.direct ? wire::RoomKind::Direct : wire::RoomKind::Group;
  for (std::uint32_t room = 0; room < cast_->rooms(); ++room) {
    database_.seed_room(RoomId(room + 1), kind, cast_->members(room), node().wall());
  }
  store_->replaced();
  for (std::uint32_t i = 0; i < scenario.users; ++i) {
    const people::Account account = cast_->account(i);
    Device& device = add_device(account.user, account.device);
    device.seat(cast_->person(i));
    context_.wheel.schedule(Instant() + scenario.ramp / scenario.users * i, Happening::DeviceStarts, i, 0);
    const users::Persona& persona = device.person()->persona();
    const Instant begin = Instant() + context_.options.load_at;
    if (persona.acts()) {
      context_.wheel.schedule(begin + cast_->first_wait(*device.person()), Happening::DeviceActs, i);
    }
    if (persona.stall > Duration::zero()) context_.wheel.schedule(begin + persona.stall_at, Happening::DeviceStalls, i);
  }
}

void World::populate_by_draw() {
  const Options& options = context_.options;
  std::uint64_t n = 0;
  const auto next = [&] { return context_.next_draw(Stream::Population, 0, n); };
  for (std::uint32_t room = 1; room <= options.rooms; ++room) {
    const bool direct = room > 2 && next() % 6 == 0;
    // One room is large, the others vary around the mean.
    std::uint64_t size = direct ? 2 : room == 1 ? options.users : 2 + scale(next(), 2 * options.members_per_room);
    size = std::min<std::uint64_t>(size, options.users);
    std::vector<UserId> members;
    while (members.size() < size) {
      const UserId user(1 + scale(next(), options.users));
      if (std::find(members.begin(), members.end(), user) == members.end()) members.push_back(user);
    }
    database_.seed_room(RoomId(room), direct ? wire::RoomKind::Direct : wire::RoomKind::Group, members, node().wall());
  }
  store_->replaced();
  for (std::uint32_t user = 1; user <= options.users; ++user) {
    const std::uint32_t devices = scale(next(), 100) < options.second_device_percent ? 2 : 1;
    for (std::uint32_t d = 0; d < devices; ++d) {
      add_device(UserId(user), DeviceId(user * 16 + d));
      const Instant at = context_.now() + within({0ns, 2s}, next());
      context_.wheel.schedule(at, Happening::DeviceStarts, static_cast<std::uint32_t>(devices_.size() - 1), 0);
    }
  }
}

Device& World::add_device(UserId user, DeviceId id) {
  const auto index = static_cast<std::uint32_t>(devices_.size());
  network_.add_device();
  const Device::Identity who{.index = index, .user = user, .device = id, .sampled = index % 4 == 0};
  devices_.push_back(
      std::make_unique<Device>(who, Device::Surroundings{&context_, &network_, &nodes_, &witness_, &names_}));
  acts_.push_back(0);
  if (context_.options.acting) context_.wheel.schedule(context_.now() + 2s, Happening::DeviceActs, index);
  return *devices_.back();
}

// ---- time

void World::run_until(Instant until) {
  Scheduled event;
  while (!broken() && context_.wheel.next(until, event)) {
    check_progress(event);
    dispatch(event);
  }
}

void World::check_progress(const Scheduled& event) {
  at_this_instant_ = event.at == last_event_ ? at_this_instant_ + 1 : 0;
  last_event_ = event.at;
  if (at_this_instant_ < kAtOnceMax) return;
  context_.violations.report({.guarantee = check::Guarantee::G15_Liveness,
                              .text = "time stands still: happening " + std::to_string(static_cast<int>(event.what)) +
                                      " of " + std::to_string(event.a) + " again and again"});
}

void World::dispatch(const Scheduled& event) {
  switch (event.what) {
    case Happening::ShardTimer:
    case Happening::LeaseTimer:
    case Happening::BusArrival:
    case Happening::StoreCommit:
    case Happening::StoreDone:
    case Happening::DirectoryDone:
    case Happening::LinkUp:
    case Happening::LinkDrained:
    case Happening::ServerNotices: {
      if (held_by_pause(event)) return;
      const std::uint32_t node = node_of(event);
      on_server(event);
      nemesis_.look_at_memory(node);
      return;
    }
    case Happening::Postgres:
      store_->happened(event);
      return;
    case Happening::DirectoryDoes:
      directory_.does(event.a);
      return;
    case Happening::LinkDown:
    case Happening::HangUp:
    case Happening::ClientNotices:
    case Happening::DeviceTimer:
    case Happening::DevicePersisted:
    case Happening::DeviceStarts:
    case Happening::DeviceCrashes:
      on_device(event);
      return;
    case Happening::Dial:
      dial(event.a, event.b);
      return;
    case Happening::DeviceActs:
      act(event.a);
      return;
    case Happening::DeviceStalls:
      network_.slow_down(event.a, 0, context_.now() + devices_[event.a]->person()->persona().stall);
      return;
    case Happening::FaultBegins:
      nemesis_.begin(event.a);
      return;
    case Happening::FaultEnds:
      nemesis_.end(event.a);
      return;
    case Happening::Backup:
      nemesis_.back_up(event.a);
      return;
    case Happening::NodeStarts:
      if (!node(event.a).up() && node(event.a).boot() == event.b) node(event.a).start();
      return;
    case Happening::Sample:
      sample();
      return;
  }
}

/// Which process it happens to.
std::uint32_t World::node_of(const Scheduled& event) const {
  switch (event.what) {
    case Happening::ShardTimer:
      return event.a / context_.options.shards;
    case Happening::LeaseTimer:
      return event.a;
    case Happening::BusArrival:
      return bus_.destination(event.a).value / context_.options.shards;
    case Happening::StoreCommit:
    case Happening::StoreDone:
      return store_->node_of(event.a);
    case Happening::DirectoryDone:
      return directory_.node_of(event.a);
    case Happening::ServerNotices:
      return static_cast<std::uint32_t>(event.b >> 32);
    case Happening::LinkUp:
    case Happening::LinkDrained:
      return network_.link(event.a).node;
    default:
      STARLING_ASSERT(false);
      return 0;
  }
}

/// A stopped process does nothing, the threads of a store of its own included; what arrives waits for it, in order.
bool World::held_by_pause(const Scheduled& event) {
  const Node& node = *nodes_[node_of(event)];
  if (!node.paused() || (event.what == Happening::StoreCommit && nodes_.size() > 1)) return false;
  ++context_.tally(users::FaultKind::Pause).effective;
  context_.wheel.schedule(node.paused_until(), event.what, event.a, event.b);
  return true;
}

void World::on_server(const Scheduled& event) {
  Node& node = *nodes_[node_of(event)];
  switch (event.what) {
    case Happening::StoreCommit:
      store_->happened(event);
      return;
    case Happening::StoreDone:
      if (auto reply = store_->done(event.a); reply && node.up()) node.on_store(std::move(*reply));
      return;
    case Happening::DirectoryDone:
      if (auto reply = directory_.done(event.a); reply && node.up()) node.on_directory(std::move(*reply));
      return;
    case Happening::BusArrival: {
      const ShardId to = bus_.destination(event.a);
      if (auto envelope = bus_.take(event.a, event.b)) node.on_envelope(to, std::move(*envelope));
      return;
    }
    case Happening::LinkDrained: {
      const std::uint32_t bytes = network_.drain(event.a, event.b);
      if (node.up()) node.on_drained(event.a, bytes);
      return;
    }
    default:
      break;
  }
  if (!node.up()) return;
  switch (event.what) {
    case Happening::LeaseTimer:
      node.on_lease_timer(event.b);
      return;
    case Happening::ShardTimer:
      node.on_timer(ShardId(static_cast<std::uint16_t>(event.a)), event.b);
      return;
    case Happening::LinkUp:
      frames_.clear();
      network_.take_up(event.a, event.b, frames_);
      for (wire::ClientFrame& frame : frames_) node.on_frame(event.a, std::move(frame));
      return;
    case Happening::ServerNotices:
      node.on_lost(event.a, static_cast<std::uint32_t>(event.b));
      return;
    default:
      STARLING_ASSERT(false);
  }
}

void World::on_device(const Scheduled& event) {
  Device& device = *devices_[event.a];
  switch (event.what) {
    case Happening::LinkDown:
      device.on_link_down(event.b);
      return;
    case Happening::HangUp: {
      const Link& link = network_.link(event.a);
      if (!link.broken) device.on_hang_up(event.b, link.close_code);
      return;
    }
    case Happening::ClientNotices:
      device.on_hang_up(event.b, 0);
      return;
    case Happening::DeviceTimer:
      device.on_timer(event.b);
      return;
    case Happening::DevicePersisted:
      device.on_persisted(event.b);
      return;
    case Happening::DeviceStarts:
      device.on_starts(event.b);
      return;
    case Happening::DeviceCrashes:
      device.on_crashes(event.b);
      return;
    default:
      STARLING_ASSERT(false);
  }
}

void World::dial(std::uint32_t index, std::uint64_t attempt) {
  Link& link = network_.link(index);
  if (link.attempt != attempt || !link.client_end) return;
  link.node = choose_node(index, attempt);
  Node& node = *nodes_[link.node];
  const bool made = node.serving() && !devices_[index]->offline() && context_.now() >= link.unreachable_until;
  if (made) {
    link.server_end = true;
    node.on_dial(index);
  }
  devices_[index]->on_dialled(attempt, made);
}

/// The load balancer takes the node that a server has named, mostly; else one that takes sessions in, but hears of what has
/// happened to it a little late.
std::uint32_t World::choose_node(std::uint32_t device, std::uint64_t attempt) const {
  if (nodes_.size() == 1) return 0;
  const std::uint64_t random = context_.draw_at(Stream::NodeChoice, device + 1, attempt);
  const std::uint32_t wanted = network_.link(device).wanted;
  if (wanted != 0 && mix64(random) % 4 != 1) {  // it may be gone by now
    probe(Probe::node_hint_followed);
    return (wanted - 1) / context_.options.shards;
  }
  const bool late = mix64(random) % 8 == 0;
  std::vector<std::uint32_t> fit;
  for (const auto& node : nodes_) {
    if (late || (node->serving() && !node->draining())) fit.push_back(node->index());
  }
  return fit.empty() ? 0 : fit[scale(random, fit.size())];
}

void World::act(std::uint32_t index) {
  if (slowness_ == 0) return;
  Device& device = *devices_[index];
  if (device.retired()) return;
  Duration wait{};
  if (cast_) {
    wait = cast_->act(device, acts_[index]++);
  } else {
    habit_.act(device);
    wait = habit_.think(device, ++acts_[index]) * slowness_;
  }
  context_.wheel.schedule(context_.now() + wait, Happening::DeviceActs, index);
}

void World::open_all_rooms() {
  for (const auto& device : devices_) {
    if (!device->ready() || broken()) continue;
    for (const auto& [id, log] : database_.rooms()) device->set_mode(id, wire::SyncMode::Full);
  }
}

void World::sample() {
  context_.wheel.schedule(context_.now() + kSampleEvery, Happening::Sample);
  presence_.look(*this);
  for (const auto& node : nodes_) {
    if (!node->serving() || !node->draining() || node->paused() || !node->drained()) continue;
    ++context_.tally(users::FaultKind::Drain).effective;
    node->kill(StoreModel::Death::Process);
    restart_after(*node, 1s);
  }
}

void World::restart_after(const Node& node, Duration span) {
  context_.wheel.schedule(context_.now() + span, Happening::NodeStarts, node.index(), node.boot());
}

}  // namespace starling::sim
