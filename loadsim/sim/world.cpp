#include "loadsim/sim/world.h"

#include <algorithm>
#include <utility>

namespace starling::sim {
namespace {

constexpr Duration kSampleEvery = 250ms;
/// More happenings than this at one instant, and something feeds itself.
constexpr std::uint32_t kAtOnceMax = 200'000;

}  // namespace

World::World(Options options)
    : context_(std::move(options)),
      store_(context_, database_),
      network_(context_),
      node_(context_, network_, store_),
      witness_(context_, database_),
      nemesis_(*this),
      persona_(context_),
      presence_(context_) {
  node_.start();
  nemesis_.arm();
  context_.wheel.schedule(Instant() + kSampleEvery, Happening::Sample);
}

World::~World() = default;

// ---- the population

void World::populate() {
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
    database_.seed_room(RoomId(room), direct ? wire::RoomKind::Direct : wire::RoomKind::Group, members, node_.wall());
  }
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
      std::make_unique<Device>(who, Device::Surroundings{&context_, &network_, &node_, &witness_, &names_}));
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
    case Happening::RingArrival:
    case Happening::StoreCommit:
    case Happening::StoreDone:
    case Happening::LinkUp:
    case Happening::LinkDrained:
    case Happening::ServerNotices:
      if (!held_by_pause(event)) on_server(event);
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
      if (!node_.up() && node_.boot() == event.b) node_.start();
      return;
    case Happening::Sample:
      sample();
      return;
  }
}

/// A stopped process does nothing, its store's threads included; what arrives waits for it, in order.
bool World::held_by_pause(const Scheduled& event) {
  if (!node_.paused()) return false;
  ++context_.tally(users::FaultKind::Pause).effective;
  context_.wheel.schedule(node_.paused_until(), event.what, event.a, event.b);
  return true;
}

void World::on_server(const Scheduled& event) {
  switch (event.what) {
    case Happening::StoreCommit:
      store_.commit(event.a);
      return;
    case Happening::StoreDone:
      if (auto reply = store_.done(event.a); reply && node_.up()) node_.on_store(std::move(*reply));
      return;
    case Happening::LinkDrained: {
      const std::uint32_t bytes = network_.drain(event.a, event.b);
      if (node_.up()) node_.on_drained(event.a, bytes);
      return;
    }
    default:
      break;
  }
  if (!node_.up()) return;
  switch (event.what) {
    case Happening::ShardTimer:
      node_.on_timer(event.a, event.b);
      return;
    case Happening::RingArrival:
      if (event.b == node_.boot()) node_.on_ring(event.a);
      return;
    case Happening::LinkUp:
      frames_.clear();
      network_.take_up(event.a, event.b, frames_);
      for (wire::ClientFrame& frame : frames_) node_.on_frame(event.a, std::move(frame));
      return;
    default:  // ServerNotices
      node_.on_lost(event.a, static_cast<std::uint32_t>(event.b));
      return;
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
    default:  // DeviceCrashes
      device.on_crashes(event.b);
      return;
  }
}

void World::dial(std::uint32_t index, std::uint64_t attempt) {
  Link& link = network_.link(index);
  if (link.attempt != attempt || !link.client_end) return;
  const bool made = node_.up() && !devices_[index]->offline() && context_.now() >= link.unreachable_until;
  if (made) {
    link.server_end = true;
    node_.on_dial(index);
  }
  devices_[index]->on_dialled(attempt, made);
}

void World::act(std::uint32_t index) {
  if (slowness_ == 0) return;
  Device& device = *devices_[index];
  if (device.retired()) return;
  persona_.act(device);
  const Duration think = persona_.think(device, ++acts_[index]) * slowness_;
  context_.wheel.schedule(context_.now() + think, Happening::DeviceActs, index);
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
  if (node_.up() && node_.draining() && !node_.paused() && node_.drained()) {
    ++context_.tally(users::FaultKind::Drain).effective;
    node_.kill(StoreModel::Death::Process);
    restart_server_after(1s);
  }
}

void World::restart_server_after(Duration span) {
  context_.wheel.schedule(context_.now() + span, Happening::NodeStarts, 0, node_.boot());
}

}  // namespace starling::sim
