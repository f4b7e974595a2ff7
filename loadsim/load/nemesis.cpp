#include "loadsim/load/nemesis.h"

#include <sys/wait.h>

#include <algorithm>
#include <chrono>

#include "loadsim/load/real_faults.h"

namespace starling::load {
namespace {

using namespace std::chrono_literals;
using users::FaultKind;

/// A server that starts or stops is looked at so often.
constexpr Duration kLookEvery = 20ms;

/// EX_TEMPFAIL: starlingd could not go on, and may when it is started again.
constexpr int kExitTryAgain = 75;

/// Beyond a fault's own time: a node that drains may take a minute and more, and one that starts waits for the database.
constexpr Duration kInjectorMax = 180s;

/// "bus.cut n1>n2 6s"
std::string without_time(const users::Fault& fault) {
  const std::string line = to_string(fault);
  return line.substr(line.find(' ') + 1);
}

}  // namespace

Nemesis::Nemesis(const std::vector<users::Fault>& faults, WorkerPool& pool,
                 const std::vector<std::unique_ptr<ServerProcess>>& servers, Injector* injector)
    : faults_(faults), pool_(pool), injector_(injector), effects_(faults.size()) {
  for (const auto& server : servers) servers_.push_back({.process = server.get()});
}

Instant Nemesis::on_time(Instant now) {
  while (next_ < faults_.size() && began_ + faults_[next_].at <= now) inject(next_++, now);
  Instant next = next_ < faults_.size() ? began_ + faults_[next_].at : kNever;
  if (injector_ != nullptr) {
    look_after_injector(now);
    if (!injector_->is_idle()) next = std::min(next, now + kLookEvery);
  }
  for (std::uint32_t node = 0; node < servers_.size(); ++node) {
    Server& server = servers_[node];
    if (now >= server.resume_at) {
      server.resume_at = kNever;
      server.process->resume();
    }
    look_after(node);
    next = std::min(next, server.resume_at);
    next = std::min(next, now + kLookEvery);
  }
  return next;
}

void Nemesis::inject(std::uint32_t index, Instant now) {
  const users::Fault& fault = faults_[index];
  if (hits_clients(fault.kind)) {
    pool_.command({.kind = Command::Kind::Fault, .fault = fault, .fault_index = index});
  } else if (injector_ != nullptr) {
    // A step of a clock is by its span, and does not last.
    const Duration lasts = fault.kind == FaultKind::ClockStep ? Duration::zero() : fault.span;
    injector_->start(index, without_time(fault), now + lasts + kInjectorMax, kill_before(index));
  } else if (fault.kind == FaultKind::Heal) {
    effects_[index].times = 1;
    heal(now);
  } else {
    hit(index, now);
  }
}

/// Of a restart: what it follows, however long that takes to begin.
std::optional<std::size_t> Nemesis::kill_before(std::uint32_t index) const {
  if (faults_[index].kind != FaultKind::Restart) return std::nullopt;
  for (std::size_t i = index; i-- > 0;) {
    if (faults_[i].kind == FaultKind::Kill && faults_[i].node == faults_[index].node) return i;
  }
  return std::nullopt;
}

void Nemesis::hit(std::uint32_t index, Instant now) {
  const users::Fault& fault = faults_[index];
  Server& server = servers_[fault.node - 1];
  ServerProcess& process = *server.process;
  switch (fault.kind) {
    case FaultKind::Kill:
      effects_[index].times += process.running() ? 1 : 0;
      process.kill();
      died(fault.node - 1, now);
      server.restarting = server.draining = false;
      break;
    case FaultKind::Restart:
      if (process.running() && !server.draining) break;  // nothing to restart: no effect
      server.restarting = process.start();
      server.blamed = index;
      break;
    case FaultKind::Pause:
      effects_[index].times += process.running() ? 1 : 0;
      process.pause();
      server.resume_at = now + fault.span;
      break;
    case FaultKind::Drain:
      server.draining = process.running();
      process.terminate();
      server.blamed = index;
      break;
    default:
      break;
  }
}

void Nemesis::look_after(std::uint32_t node) {
  Server& server = servers_[node];
  ServerProcess& process = *server.process;
  if (server.draining && !process.running()) {
    server.draining = false;
    // Stopped by itself with success: then the drain went as it should.
    effects_[server.blamed].times += process.exit_status() == 0 ? 1 : 0;
    server.restarting = process.start();
  }
  // It was put out of its cluster, and wants to start anew: who supervises it does that.
  if (!server.restarting && !process.running() && WIFEXITED(process.exit_status()) &&
      WEXITSTATUS(process.exit_status()) == kExitTryAgain) {
    server.restarting = process.start();
    server.blamed = static_cast<std::uint32_t>(faults_.size());
  }
  if (!server.restarting) return;
  if (const auto port = process.ready()) {
    server.restarting = false;
    if (server.blamed < faults_.size() && faults_[server.blamed].kind == FaultKind::Restart) {
      ++effects_[server.blamed].times;
    }
    pool_.command({.kind = Command::Kind::Target, .node = node, .port = *port});
  }
}

/// Whoever is connected elsewhere waits for its rooms.
void Nemesis::died(std::uint32_t node, Instant when) {
  pool_.command({.kind = Command::Kind::NodeDied, .at = when, .node = node});
}

void Nemesis::look_after_injector(Instant now) {
  for (Injected& done : injector_->ended(now)) {
    if (done.fault == faults_.size()) {
      healing_ = Healing::Done;
      why_not_ = done.effect != 0 ? "" : done.note;
      continue;
    }
    const users::Fault& fault = faults_[done.fault];
    if (fault.kind == FaultKind::Kill && done.effect != 0) died(fault.node - 1, began_ + fault.at);
    effects_[done.fault] = {.times = done.effect, .note = std::move(done.note)};
  }
}

bool Nemesis::heal(Instant now) {
  if (injector_ != nullptr) return heal_by_injector(now);
  bool healed = true;
  for (std::uint32_t node = 0; node < servers_.size(); ++node) healed = heal_node(node) && healed;
  return healed;
}

/// First everything that lasts ends and is undone, and then what is still missing is put right.
bool Nemesis::heal_by_injector(Instant now) {
  look_after_injector(now);
  if (healing_ == Healing::NotYet) {
    injector_->cut_short();
    healing_ = Healing::CutShort;
  }
  if (healing_ == Healing::CutShort && injector_->is_idle()) {
    injector_->start(faults_.size(), "heal", now + kInjectorMax);
    healing_ = Healing::Asked;
  }
  return healing_ == Healing::Done && why_not_.empty();
}

bool Nemesis::heal_node(std::uint32_t node) {
  Server& server = servers_[node];
  server.resume_at = kNever;
  server.process->resume();
  if (!server.process->running() && !server.draining) {
    server.restarting = server.process->start();
    server.blamed = static_cast<std::uint32_t>(faults_.size());
  }
  look_after(node);
  return server.process->running() && !server.draining && !server.restarting;
}

std::vector<report::FaultOutcome> Nemesis::outcomes() const {
  std::vector<report::FaultOutcome> outcomes;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const std::uint64_t clients = pool_.collected().fault_effects[i];
    outcomes.push_back({.fault = faults_[i],
                        .effect = clients + effects_[i].times,
                        .on_clients = hits_clients(faults_[i].kind),
                        .note = effects_[i].note});
  }
  return outcomes;
}

}  // namespace starling::load
