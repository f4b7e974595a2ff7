#include "loadsim/load/worker.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "common/base/rng.h"
#include "loadsim/load/clock.h"
#include "loadsim/load/final_sweep.h"
#include "loadsim/load/ledger_dump.h"
#include "loadsim/load/process_figures.h"
#include "loadsim/people/acting.h"
#include "server/ports/view.h"

namespace starling::load {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kFaultStream = 0xFA;
constexpr std::uint64_t kCommandsEvent = ~std::uint64_t{0};
constexpr int kEventsPerTurn = 512;
/// Actions that are late are done in slices, so that what the server says is heard in between.
constexpr int kActionsPerTurn = 512;
constexpr Duration kTickEvery = 1s;
constexpr Duration kFoundingEvery = 20ms;
/// Founders are few; their handshakes still come one after the other.
constexpr Duration kFounderEvery = 1ms;
/// Beyond any comparison with the log.
constexpr Duration kForGood = 24h;

}  // namespace

Worker::Worker(UserWorld& world, const WorkerPlan& plan, Channel channel)
    : world_(world),
      channel_(std::move(channel)),
      connections_(world, plan.nodes, plan.first, plan.count, plan.source, now_on_machine()),
      nodes_(plan.nodes),
      first_(plan.first),
      next_tick_(now_on_machine()) {
  epoll_event event{.events = EPOLLIN};
  event.data.u64 = kCommandsEvent;
  ::epoll_ctl(connections_.epoll(), EPOLL_CTL_ADD, channel_.fd(), &event);
}

void Worker::run() {
  while (running_) turn();
}

void Worker::turn() {
  wait(now_on_machine());
  const Instant now = now_on_machine();
  act_due(now);
  connections_.on_time(now);
  if (founding_) pump_founding(now);
  if (now >= next_tick_) tick(now);
}

void Worker::wait(Instant now) {
  Instant until = std::min(next_tick_, connections_.next_deadline());
  if (founding_) until = std::min(until, now + kFoundingEvery);
  if (!actions_.empty()) until = std::min(until, actions_.top().at);
  const Duration left = std::max(until - now, Duration::zero());
  const timespec timeout{.tv_sec = left / 1s, .tv_nsec = (left % 1s).count()};
  std::array<epoll_event, kEventsPerTurn> events;
  const int ready = ::epoll_pwait2(connections_.epoll(), events.data(), kEventsPerTurn, &timeout, nullptr);
  // One reading of the clock for all of them would date the last by the first.
  for (int i = 0; i < ready; ++i) {
    const Instant arrived = now_on_machine();
    if (events[static_cast<std::size_t>(i)].data.u64 != kCommandsEvent) {
      connections_.on_ready(events[static_cast<std::size_t>(i)], arrived);
    } else if (!obey(arrived)) {
      running_ = false;
    }
  }
}

// ---- commands

bool Worker::obey(Instant now) {
  const auto message = channel_.receive(messages_);
  if (!message) return false;
  if (message->size() != sizeof(Command)) return true;
  on(MessageReader(*message).take<Command>(), now);
  return true;
}

void Worker::on(const Command& command, Instant now) {
  switch (command.kind) {
    case Command::Kind::Found:
      return found(now);
    case Command::Kind::Ramp:
      return ramp(command, now);
    case Command::Kind::Load:
      return load(command, now);
    case Command::Kind::Fault:
      return hit(command, now);
    case Command::Kind::Target:
      return connections_.set_port(command.node, command.port);
    case Command::Kind::NodeDied:
      return await_rehoming(command);
    case Command::Kind::Quiesce:
      return quiesce(now);
    case Command::Kind::Freeze:
      return freeze(now);
    case Command::Kind::ListRooms:
      return list_rooms();
    case Command::Kind::Sweep:
      return sweep(command);
    case Command::Kind::Exit:
      running_ = false;
      return;
  }
}

void Worker::found(Instant now) {
  std::vector<std::vector<std::uint32_t>> rooms(connections_.slots().size());
  for (std::uint32_t room = 0; room < world_.plan.rooms(); ++room) {
    const std::uint32_t founder = world_.plan.members(room).front();
    if (founder >= first_ && founder - first_ < rooms.size()) rooms[founder - first_].push_back(room);
  }
  Instant at = now;
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    if (rooms[i].empty()) continue;
    connections_.slots()[i].user.found(rooms[i]);
    connections_.start_at(connections_.slots()[i], at, now);
    at += kFounderEvery;
  }
  founding_ = true;
}

void Worker::pump_founding(Instant now) {
  for (UserSlot& slot : connections_.slots()) {
    Founding* founding = slot.user.founding();
    if (founding == nullptr || founding->finished(slot.user.session())) continue;
    connections_.with(
        slot, now, [&](VirtualUser& user, client::Output& out) { founding->pump(user.session(), world_, now, out); });
    if (founding->refused() != 0) {
      founding_ = false;
      return report(ReportKind::Trouble, "the server refused to make a room");
    }
  }
}

void Worker::ramp(const Command& command, Instant now) {
  founding_ = false;
  for (UserSlot& slot : connections_.slots()) {
    slot.user.founded();
    if (slot.user.session().state() != client::LinkState::Stopped || slot.start_at != kNever) continue;
    const Duration at = world_.scenario.ramp / world_.scenario.users * slot.user.index();
    connections_.start_at(slot, command.at + at, now);
  }
}

void Worker::load(const Command& command, Instant now) {
  tick(now);
  for (std::uint32_t i = 0; i < connections_.slots().size(); ++i) {
    const users::Persona& persona = connections_.slots()[i].user.persona();
    if (persona.acts()) schedule({.at = command.at, .slot = i, .number = 0});
    if (persona.stall > Duration::zero()) {
      const Instant from = command.at + persona.stall_at;
      connections_.slow(connections_.slots()[i], {.from = from, .until = from + persona.stall, .next_read = from},
                        command.at);
    }
  }
}

void Worker::quiesce(Instant now) {
  tick(now);
  actions_ = {};
  world_.rehoming.end();
  for (UserSlot& slot : connections_.slots()) {
    connections_.slow(slot, {}, now);
    slot.no_network_until = now;
    connections_.with(slot, now, [&](VirtualUser& user, client::Output& out) { user.follow_all(now, out); });
  }
}

void Worker::freeze(Instant now) {
  for (UserSlot& slot : connections_.slots()) connections_.disconnect(slot, false, kForGood, now);
}

void Worker::hit(const Command& command, Instant now) {
  const users::Fault& fault = command.fault;
  std::uint64_t effect = 0;
  for (UserSlot& slot : connections_.slots()) {
    if (scale(draw(world_.seed, kFaultStream, slot.user.index(), command.fault_index), 1000) >= fault.permille)
      continue;
    if (!slot.user.ready()) continue;
    ++effect;
    switch (fault.kind) {
      case users::FaultKind::Cut:
        connections_.disconnect(slot, true, fault.span, now);
        break;
      case users::FaultKind::ClientOffline:
        connections_.disconnect(slot, false, fault.span, now);
        break;
      case users::FaultKind::ClientCrash:
        connections_.crash(slot, now);
        break;
      default:
        connections_.slow(
            slot, {.from = now, .until = now + fault.span, .next_read = now, .bytes_per_s = fault.bytes_per_s}, now);
        break;
    }
  }
  MessageWriter message(ReportKind::FaultDone);
  message.put(command.fault_index);
  message.put(effect);
  channel_.send(message.bytes());
}

/// As if all other nodes had been in the view: of those that were not, nothing had its home there.
void Worker::await_rehoming(const Command& command) {
  ports::View view;
  for (const Node& node : nodes_) {
    view.add({.first = ShardId(static_cast<std::uint16_t>(node.name - 1)), .shards = node.shards});
  }
  const ports::ViewNode& dead = view.nodes[command.node];
  world_.rehoming.begin(command.at);
  for (const UserSlot& slot : connections_.slots()) {
    if (!slot.user.ready()) continue;
    for (const client::RoomCursor& cursor : slot.user.session().rooms().cursors()) {
      if (cursor.member == 0 || cursor.mode() != wire::SyncMode::Full) continue;
      if (dead.has(ports::home_of(view, cursor.room))) world_.rehoming.await(slot.user.index(), cursor.room);
    }
  }
}

void Worker::list_rooms() {
  constexpr std::size_t kRoomsPerMessage = 8192;
  std::vector<const VirtualUser*> users;
  for (const UserSlot& slot : connections_.slots()) users.push_back(&slot.user);
  const std::vector<RoomId> rooms = FinalSweep(users).rooms();
  for (std::size_t i = 0; i < rooms.size(); i += kRoomsPerMessage) {
    MessageWriter message(ReportKind::RoomsWatched);
    for (std::size_t k = i; k < std::min(rooms.size(), i + kRoomsPerMessage); ++k) message.put(rooms[k]);
    channel_.send(message.bytes());
  }
  channel_.send(MessageWriter(ReportKind::Listed).bytes());
}

void Worker::sweep(const Command& command) {
  blame();
  std::vector<const VirtualUser*> users;
  bool at_rest = true;
  for (const UserSlot& slot : connections_.slots()) {
    users.push_back(&slot.user);
    at_rest = at_rest && slot.user.settled();
  }
  LedgerDump dump(command.path.data());
  const Swept swept = FinalSweep(users).run(dump, command.sweeps_log, at_rest, world_.violations);
  if (!dump.error().empty()) report(ReportKind::Trouble, dump.error());
  report_violations();
  tick(now_on_machine());
  MessageWriter message(ReportKind::Swept);
  message.put(swept);
  channel_.send(message.bytes());
}

// ---- actions

void Worker::schedule(const NextAction& last) {
  const VirtualUser& user = connections_.slots()[last.slot].user;
  const users::Step step = users::nth_step(user.persona(), world_.seed, user.index(), last.number);
  actions_.push({.at = last.at + step.wait, .slot = last.slot, .number = last.number + 1});
}

void Worker::act_due(Instant now) {
  for (int i = 0; i < kActionsPerTurn && !actions_.empty() && actions_.top().at <= now; ++i) {
    const NextAction next = actions_.top();
    actions_.pop();
    act(next);
    schedule(next);
  }
}

void Worker::act(const NextAction& next) {
  UserSlot& slot = connections_.slots()[next.slot];
  const users::Action action =
      users::nth_step(slot.user.persona(), world_.seed, slot.user.index(), next.number - 1).action;
  const Instant present = now_on_machine();
  world_.record(report::Metric::TimerLag, next.at, present);
  using people::Done;
  Done done = Done::Nothing;
  connections_.with(slot, present, [&](VirtualUser& user, client::Output& out) {
    done = people::act(user.person(), user.session(), action, {.intended = next.at, .now = present}, out);
  });
  switch (done) {
    case Done::Leave:
      connections_.reconnect(slot, present);
      [[fallthrough]];
    case Done::Yes:
      ++world_.counters.actions[static_cast<std::size_t>(action)];
      break;
    case Done::Nothing:
      ++world_.counters.skipped;
      break;
    case Done::Full:
      ++world_.counters.dropped;
      break;
  }
}

// ---- reports

void Worker::report(ReportKind kind, const std::string& text) {
  MessageWriter message(kind);
  message.put_text(text);
  channel_.send(message.bytes());
}

report::Gauges Worker::gauges(Instant now) const {
  report::Gauges gauges{.users = connections_.slots().size(), .rss_kb = resident_kb()};
  for (const UserSlot& slot : connections_.slots()) {
    gauges.ready += slot.user.ready() || now < slot.away_until ? 1 : 0;
    gauges.live += slot.user.live() ? 1 : 0;
    gauges.waiting += slot.user.session().outbox().size();
    gauges.unsettled += slot.user.settled() ? 0 : 1;
    if (const Founding* founding = slot.user.founding()) {
      gauges.rooms_made += founding->made(slot.user.session());
    }
  }
  return gauges;
}

void Worker::tick(Instant now) {
  report_violations();
  report::Counters counters = world_.counters;
  for (const UserSlot& slot : connections_.slots()) {
    const client::SessionCounters odd = slot.user.odd();
    counters.redelivered += odd.redelivered;
    counters.gaps += odd.gaps;
    counters.replayed += odd.replayed;
    counters.rolled_back += slot.user.watch().rolled_back();
  }
  counters.cpu_us = cpu_used_us();
  counters.violations = world_.violations.count();
  MessageWriter message(ReportKind::Tick);
  message.put(counters);
  message.put(gauges(now));
  for (const report::Histogram& histogram : world_.histograms) message.put_values(histogram);
  world_.histograms = {};
  if (!channel_.send(message.bytes())) running_ = false;
  next_tick_ = now + kTickEvery;
}

void Worker::report_violations() {
  const auto& kept = world_.violations.kept();
  for (; violations_told_ < kept.size(); ++violations_told_) {
    report(ReportKind::Violation, check::to_string(kept[violations_told_]));
  }
}

void Worker::blame() {
  for (const UserSlot& slot : connections_.slots()) {
    const char* why = nullptr;
    if (slot.user.settled(&why)) continue;
    world_.violations.report({.guarantee = check::Guarantee::G15_Liveness,
                              .user = slot.user.watch().user(),
                              .device = slot.user.watch().device(),
                              .text = std::string("did not come to rest: ") + why});
  }
}

}  // namespace starling::load
