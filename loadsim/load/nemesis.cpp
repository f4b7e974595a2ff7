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

}  // namespace

Nemesis::Nemesis(const std::vector<users::Fault>& faults, WorkerPool& pool,
                 const std::vector<std::unique_ptr<ServerProcess>>& servers)
    : faults_(faults), pool_(pool), server_effects_(faults.size()) {
  for (const auto& server : servers) servers_.push_back({.process = server.get()});
}

Instant Nemesis::on_time(Instant now) {
  while (next_ < faults_.size() && began_ + faults_[next_].at <= now) inject(next_++, now);
  Instant next = next_ < faults_.size() ? began_ + faults_[next_].at : kNever;
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
  if (!hits_server(fault.kind)) {
    if (fault.kind == FaultKind::Heal) {
      server_effects_[index] = 1;
      heal();
    } else {
      pool_.command({.kind = Command::Kind::Fault, .fault = fault, .fault_index = index});
    }
    return;
  }
  Server& server = servers_[fault.node - 1];
  ServerProcess& process = *server.process;
  switch (fault.kind) {
    case FaultKind::Kill:
      server_effects_[index] += process.running() ? 1 : 0;
      process.kill();
      server.restarting = server.draining = false;
      break;
    case FaultKind::Restart:
      if (process.running() && !server.draining) break;  // nothing to restart: no effect
      server.restarting = process.start();
      server.blamed = index;
      break;
    case FaultKind::Pause:
      server_effects_[index] += process.running() ? 1 : 0;
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
    server_effects_[server.blamed] += process.exit_status() == 0 ? 1 : 0;
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
      ++server_effects_[server.blamed];
    }
    pool_.command({.kind = Command::Kind::Target, .node = node, .port = *port});
  }
}

bool Nemesis::heal() {
  bool healed = true;
  for (std::uint32_t node = 0; node < servers_.size(); ++node) healed = heal(node) && healed;
  return healed;
}

bool Nemesis::heal(std::uint32_t node) {
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
    outcomes.push_back(
        {.fault = faults_[i], .effect = clients + server_effects_[i], .on_clients = hits_clients(faults_[i].kind)});
  }
  return outcomes;
}

}  // namespace starling::load
