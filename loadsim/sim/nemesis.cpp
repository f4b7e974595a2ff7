#include "loadsim/sim/nemesis.h"

#include <algorithm>

#include "common/base/assert.h"
#include "loadsim/sim/world.h"

namespace starling::sim {
namespace {
/// Longer than any run.
constexpr Duration kForGood = 24h;
/// The draws of what is not healed; those of faults go by their index.
constexpr std::uint32_t kUnhealed = UINT32_MAX;
constexpr std::uint32_t kUnhealedNodes = UINT32_MAX - 1;
}  // namespace

using users::Fault;
using users::FaultKind;

FaultTally& Nemesis::tally(FaultKind kind) { return world_->context().tally(kind); }

std::uint64_t Nemesis::random(std::uint32_t fault, std::uint64_t n) const {
  return world_->context().draw_at(Stream::Fault, fault, n);
}

template <class F>
void Nemesis::each_device(std::uint32_t fault, F&& f) {
  const std::uint32_t permille = world_->context().options.schedule[fault].permille;
  for (std::uint32_t i = 0; i < world_->devices().size(); ++i) {
    const std::uint64_t chosen = random(fault, i);
    if (chance(chosen, permille) && !world_->devices()[i]->retired()) f(*world_->devices()[i], mix64(chosen));
  }
}

void Nemesis::arm() {
  const auto& schedule = world_->context().options.schedule;
  EventWheel& wheel = world_->context().wheel;
  for (std::uint32_t i = 0; i < schedule.size(); ++i) {
    const Instant at = Instant() + schedule[i].at;
    wheel.schedule(at, Happening::FaultBegins, i);
    if (schedule[i].kind == FaultKind::StoreRestore || schedule[i].kind == FaultKind::StoreCopyBack) {
      wheel.schedule(at - schedule[i].span, Happening::Backup, i);
    }
  }
}

void Nemesis::end_later(std::uint32_t fault, Duration span) {
  world_->context().wheel.schedule(world_->context().now() + span, Happening::FaultEnds, fault);
}

void Nemesis::begin(std::uint32_t index) {
  const Fault fault = world_->context().options.schedule[index];
  ++tally(fault.kind).injected;
  world_->context().trace.add(0x700, static_cast<std::uint64_t>(fault.kind), index);
  switch (fault.kind) {
    case FaultKind::Kill:
    case FaultKind::PowerLoss:
    case FaultKind::Restart:
    case FaultKind::Pause:
    case FaultKind::Oom:
    case FaultKind::Drain:
    case FaultKind::RingDrop:
    case FaultKind::ClockStep:
    case FaultKind::ClockDrift:
      on_server(fault);
      return;
    case FaultKind::BusDrop:
    case FaultKind::BusDup:
    case FaultKind::BusReorder:
    case FaultKind::BusCut:
      world_->bus().disturb(fault);
      return;
    case FaultKind::StoreLostReply:
    case FaultKind::StoreUnavailable:
    case FaultKind::StoreFull:
    case FaultKind::StoreStop:
    case FaultKind::StoreSlow:
    case FaultKind::StoreRestore:
    case FaultKind::StoreCopyBack:
      on_store(index, fault);
      return;
    case FaultKind::PgCancelSyncwait:
    case FaultKind::PgFailoverSync:
    case FaultKind::PgFailoverAsync:
    case FaultKind::PgRestart:
    case FaultKind::PgDeadlock:
      on_postgres(index, fault);
      return;
    case FaultKind::RedisFlush:
    case FaultKind::RedisDown:
    case FaultKind::RedisStale:
    case FaultKind::RedisFailover:
    case FaultKind::RedisSlow:
      on_directory(fault);
      return;
    case FaultKind::Cut:
    case FaultKind::ClientCrash:
    case FaultKind::ClientSlow:
    case FaultKind::ClientClone:
    case FaultKind::ClientOffline:
    case FaultKind::MemberKickRace:
      on_clients(index, fault);
      return;
    case FaultKind::RetentionCut:
      cut_logs(fault.permille);
      return;
    case FaultKind::AccountJoin:
      register_by_link(index, fault.count);
      end_later(index, within({100ms, 3s}, random(index, fault.count)));
      return;
    case FaultKind::Heal:
      ++tally(fault.kind).effective;
      heal();
      return;
    case FaultKind::kCount:
      return;
  }
}

// ---- the server

void Nemesis::kill(const Fault& fault) {
  Node& node = world_->node(fault.node - 1);
  if (!node.up()) return;
  ++tally(fault.kind).effective;
  node.kill(fault.kind == FaultKind::PowerLoss ? StoreModel::Death::Machine : StoreModel::Death::Process);
}

bool Nemesis::any_up() const {
  return std::ranges::any_of(world_->nodes(), [](const auto& node) { return node->up(); });
}

void Nemesis::kill_all() {
  for (const auto& node : world_->nodes()) node->kill(StoreModel::Death::Process);
}

void Nemesis::start_all() {
  for (const auto& node : world_->nodes()) {
    if (!node->up()) node->start();
  }
}

void Nemesis::on_server(const Fault& fault) {
  if (fault.node > world_->nodes().size()) return;  // a schedule for more nodes than there are
  Node& node = world_->node(std::max(fault.node, 1u) - 1);
  const Instant now = world_->context().now();
  switch (fault.kind) {
    case FaultKind::Kill:
    case FaultKind::PowerLoss:
      kill(fault);
      return;
    case FaultKind::Restart:
      if (node.up()) return;
      ++tally(fault.kind).effective;
      node.start();
      return;
    case FaultKind::Pause:
      // Not beyond the heal, and no shorter for a second one.
      if (node.up()) {
        const Instant end = Instant() + world_->context().options.heal_at;
        node.pause(std::max(node.paused_until(), std::min(now + fault.span, std::max(now, end))));
      }
      return;
    case FaultKind::Oom:
      memory_limits_.insert_or_assign(node.index(), MemoryLimit{fault.bytes, now + fault.span});
      return;
    case FaultKind::Drain:
      if (node.serving() && !node.paused()) node.drain();
      return;
    case FaultKind::RingDrop:
      world_->bus().drop_in_rings(fault.permille, now + fault.span);
      return;
    case FaultKind::ClockStep:
      node.step_clock(fault.span);
      if (node.up()) ++tally(fault.kind).effective;
      return;
    case FaultKind::ClockDrift:
      node.drift_clock(fault.ppm);
      if (node.up()) ++tally(fault.kind).effective;
      return;
    default:
      STARLING_ASSERT(false);
  }
}

void Nemesis::look_at_memory(std::uint32_t index) {
  const auto limit = memory_limits_.find(index);
  if (limit == memory_limits_.end()) return;
  Node& node = world_->node(index);
  if (world_->context().now() >= limit->second.until) {
    memory_limits_.erase(limit);
  } else if (node.up() && node.waiting_bytes() > limit->second.bytes) {
    ++tally(FaultKind::Oom).effective;
    memory_limits_.erase(limit);
    node.kill(StoreModel::Death::Process);
    world_->restart_after(node, 1s);
  }
}

// ---- the store

void Nemesis::on_store(std::uint32_t index, const Fault& fault) {
  StoreModel& store = world_->store();
  const Instant until = world_->context().now() + fault.span;
  switch (fault.kind) {
    case FaultKind::StoreLostReply:
      store.lose_replies(fault.permille, until);
      return;
    case FaultKind::StoreUnavailable:
      store.be_unavailable(until);
      return;
    case FaultKind::StoreFull:
      store.be_full(until);
      return;
    case FaultKind::StoreSlow:
      store.be_slow(fault.delay, until);
      return;
    case FaultKind::StoreStop:
      if (!any_up()) return;
      store.stop(fault.kind);
      end_later(index, within({50ms, 800ms}, random(index, 1)));
      return;
    case FaultKind::StoreRestore:
    case FaultKind::StoreCopyBack:  // the operator stops the server first
      kill_all();
      end_later(index, 1s);
      return;
    default:
      STARLING_ASSERT(false);
  }
}

void Nemesis::on_postgres(std::uint32_t index, const Fault& fault) {
  StoreModel& store = world_->store();
  const Instant until = world_->context().now() + fault.span;
  switch (fault.kind) {
    case FaultKind::PgCancelSyncwait:
      store.cancel_waits(fault.permille, until);
      return;
    case FaultKind::PgFailoverSync:
      store.fail_over();
      world_->witness().kept_everything();
      return;
    case FaultKind::PgRestart:
      store.crash();
      return;
    case FaultKind::PgDeadlock:
      store.deadlock(fault.permille, until);
      return;
    case FaultKind::PgFailoverAsync:  // forced by the operator, a restore by another name
      if (store.asynchronous_standby() == nullptr) return;
      backups_.insert_or_assign(index, *store.asynchronous_standby());
      store.stop(fault.kind);
      end_later(index, within({50ms, 800ms}, random(index, 1)));
      return;
    default:
      STARLING_ASSERT(false);
  }
}

void Nemesis::on_directory(const Fault& fault) {
  DirectoryModel& directory = world_->directory();
  const Instant until = world_->context().now() + fault.span;
  switch (fault.kind) {
    case FaultKind::RedisFlush:
      directory.flush();
      return;
    case FaultKind::RedisDown:
      directory.be_down(until);
      return;
    case FaultKind::RedisStale:
      directory.be_stale(until);
      return;
    case FaultKind::RedisFailover:
      directory.fail_over();
      return;
    case FaultKind::RedisSlow:
      directory.be_slow(fault.delay, until);
      return;
    default:
      STARLING_ASSERT(false);
  }
}

void Nemesis::back_up(std::uint32_t fault) { backups_.insert_or_assign(fault, world_->database()); }

void Nemesis::put_back(std::uint32_t index, const Fault& fault) {
  const auto backup = backups_.find(index);
  if (backup == backups_.end() || any_up()) return;
  ++tally(fault.kind).effective;
  const Database before = world_->database();
  world_->database() = backup->second;
  put_back_something_ = true;
  const bool copied_back = fault.kind == FaultKind::StoreCopyBack;
  copied_back_ = copied_back_ || copied_back;
  if (!copied_back) world_->database().raise_epochs(before);
  world_->store().replaced();
  world_->network().reset_all();
  world_->witness().lost_by_policy();
  world_->names().forget();
  for (const auto& device : world_->devices()) {
    for (const check::WatchedRoom& each : device->watch().rooms()) {
      const RoomLog* now = world_->database().find(each.room);
      const DeviceId as = device->who().device;
      device->watch().lost_by_policy(each.room, now != nullptr ? now->last_cseq(as).next() : Cseq(1));
    }
    if (!copied_back) continue;
    device->watch().file_copied_back();
    for (const auto& past : device->past()) past->file_copied_back();
  }
  start_all();
}

void Nemesis::cut_logs(std::uint32_t permille) {
  for (const auto& [id, log] : world_->database().rooms()) {
    const Seq keep_from(std::max<std::uint64_t>(1, log.head().value * permille / 1000));
    if (keep_from <= log.min_seq()) continue;
    ++tally(FaultKind::RetentionCut).effective;
    world_->store().cut(id, keep_from);
  }
}

// ---- the clients

void Nemesis::on_clients(std::uint32_t index, const Fault& fault) {
  const Instant now = world_->context().now();
  switch (fault.kind) {
    case FaultKind::Cut:
      each_device(index, [&](Device& device, std::uint64_t more) {
        world_->network().cut(device.who().index, now + fault.span, more);
      });
      return;
    case FaultKind::ClientCrash:
      each_device(index, [&](Device& device, std::uint64_t more) {
        constexpr auto kSteps = static_cast<std::uint64_t>(CrashStep::kCount);
        device.crash_at(static_cast<CrashStep>(1 + more % (kSteps - 1)), now + 4s);
      });
      return;
    case FaultKind::ClientSlow:
      each_device(index, [&](Device& device, std::uint64_t) {
        world_->network().slow_down(device.who().index, fault.bytes_per_s, now + fault.span);
      });
      return;
    case FaultKind::ClientOffline:
      each_device(index, [&](Device& device, std::uint64_t) { device.go_offline(now + fault.span); });
      return;
    case FaultKind::ClientClone:
      clone(index, fault.count);
      return;
    case FaultKind::MemberKickRace:
      kick(index, fault.count);
      end_later(index, within({1s, 5s}, random(index, 1)));
      return;
    default:
      STARLING_ASSERT(false);
  }
}

void Nemesis::clone(std::uint32_t index, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    Device& original = *world_->devices()[scale(random(index, i), world_->devices().size())];
    if (original.watch().is_cloned() || original.retired()) continue;
    Device& copy = world_->add_device(original.who().user, original.who().device);
    copy.become_clone_of(original);
    copy.start();
  }
}

/// A moderator removes somebody who is writing at that moment.
void Nemesis::kick(std::uint32_t index, std::uint32_t count) {
  std::uint64_t n = 2;
  const auto pick = [&](auto&& fits) -> Device* {
    std::vector<Device*> found;
    for (const auto& device : world_->devices()) {
      if (device->ready() && fits(*device)) found.push_back(device.get());
    }
    return found.empty() ? nullptr : found[scale(random(index, n++), found.size())];
  };
  std::vector<const RoomLog*> groups;
  for (const auto& [id, log] : world_->database().rooms()) {
    if (log.kind() == wire::RoomKind::Group) groups.push_back(&log);
  }
  for (std::uint32_t i = 0; i < count && !groups.empty(); ++i) {
    const RoomLog& log = *groups[scale(random(index, n++), groups.size())];
    const auto role = [&](const Device& device) {
      const auto at = log.members().find(device.who().user);
      return at == log.members().end() ? wire::Role::None : at->second.role;
    };
    Device* by = pick([&](const Device& d) { return role(d) >= wire::Role::Moderator; });
    Device* whom = pick([&](const Device& d) { return role(d) == wire::Role::Member; });
    if (by == nullptr || whom == nullptr) continue;
    const UserId user = whom->who().user;
    kicked_[index].push_back({.room = log.room(),
                              .user = user,
                              .by = by->who().index,
                              .device = whom->who().index,
                              .refused_before = whom->refused()});
    for (int before = 0; before < 2; ++before) whom->say(log.room(), 100);
    by->send(log.room(), {.kind = wire::EventKind::MemberRemove, .subject = user});
    for (int behind = 0; behind < 6; ++behind) whom->say(log.room(), 100);
  }
}

void Nemesis::readmit(std::uint32_t index) {
  for (const Kicked& kicked : std::exchange(kicked_[index], {})) {
    if (world_->devices()[kicked.device]->refused() > kicked.refused_before) {
      ++tally(FaultKind::MemberKickRace).effective;
    }
    world_->devices()[kicked.by]->send(
        kicked.room, {.kind = wire::EventKind::MemberAdd, .subject = kicked.user, .role = wire::Role::Member});
  }
}

/// Accounts that are members from their first moment on.
void Nemesis::register_by_link(std::uint32_t index, std::uint32_t count) {
  std::vector<const RoomLog*> groups;
  for (const auto& [id, log] : world_->database().rooms()) {
    if (log.kind() == wire::RoomKind::Group) groups.push_back(&log);
  }
  for (std::uint32_t i = 0; i < count && !groups.empty(); ++i) {
    const RoomLog& log = *groups[scale(random(index, i), groups.size())];
    const UserId user(world_->context().options.users + ++registered_);
    for (const auto& node : world_->nodes()) node->enter_by_link(log.room(), log.epoch(), user);
    newcomers_[index].push_back({.room = log.room(), .user = user});
  }
}

void Nemesis::register_in_silence() {
  register_by_link(static_cast<std::uint32_t>(world_->context().options.schedule.size()), 3);
}

/// Who is registered by now connects.
void Nemesis::welcome(std::uint32_t index) {
  for (const Newcomer& each : std::exchange(newcomers_[index], {})) {
    const RoomLog* log = world_->database().find(each.room);
    if (log == nullptr || !log->members().contains(each.user)) continue;
    ++tally(FaultKind::AccountJoin).effective;
    world_->add_device(each.user, DeviceId(each.user.value * 16)).start();
  }
}

// ---- ends

void Nemesis::end(std::uint32_t index) {
  const Fault fault = world_->context().options.schedule[index];
  switch (fault.kind) {
    case FaultKind::StoreStop:
      if (!world_->store().stopped()) return;
      kill_all();  // a store that has failed takes the process with it
      for (const auto& node : world_->nodes()) world_->restart_after(*node, 1s);
      return;
    case FaultKind::PgFailoverAsync:
      kill_all();  // what they know may be what was lost
      put_back(index, fault);
      return;
    case FaultKind::StoreRestore:
    case FaultKind::StoreCopyBack:
      put_back(index, fault);
      return;
    case FaultKind::MemberKickRace:
      readmit(index);
      return;
    case FaultKind::AccountJoin:
      welcome(index);
      return;
    default:
      return;
  }
}

void Nemesis::heal() {
  const Instant now = world_->context().now();
  world_->store().heal();
  world_->bus().heal();
  world_->directory().heal();
  memory_limits_.clear();
  const bool stopped = world_->store().stopped();
  for (const auto& node : world_->nodes()) {
    node->pause(now);
    if (stopped || node->draining()) node->kill(StoreModel::Death::Process);
  }
  start_all();
  world_->network().heal();
  for (const auto& device : world_->devices()) {
    if (device->is_clone()) device->retire();
    device->go_online();
  }
}

void Nemesis::leave_unhealed() {
  const Options& options = world_->context().options;
  if (const std::uint32_t permille = options.unhealed_loss_permille; permille != 0) {
    world_->bus().drop_in_rings(permille, world_->context().now() + kForGood);
    world_->bus().disturb({.kind = FaultKind::BusDrop, .permille = permille, .span = kForGood});
  }
  const auto nodes = static_cast<std::uint32_t>(world_->nodes().size());
  const auto first = static_cast<std::uint32_t>(scale(random(kUnhealedNodes, 0), nodes));
  for (std::uint32_t i = 0; i < std::min(options.unhealed_nodes, nodes - 1); ++i) {
    world_->nodes()[(first + i) % nodes]->give_up();
  }
  for (std::uint32_t i = 0; i < world_->devices().size(); ++i) {
    Device& device = *world_->devices()[i];
    const std::uint64_t chosen = random(kUnhealed, i);
    if (scale(chosen, 100) < options.unhealed_percent && !device.retired()) give_up(device, mix64(chosen));
  }
}

void Nemesis::give_up(Device& device, std::uint64_t random) {
  const Instant end = world_->context().now() + kForGood;
  const std::uint32_t index = device.who().index;
  device.give_up();
  switch (random % 4) {
    case 0:
      world_->network().cut(index, end, mix64(random));
      return;
    case 1:
      world_->network().slow_down(index, 0, end);
      return;
    case 2:
      device.go_offline(end);
      return;
    default:
      device.retire();
      return;
  }
}

}  // namespace starling::sim
