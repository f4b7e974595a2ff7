#include "loadsim/load/nemesis.h"

#include <algorithm>
#include <chrono>

#include "loadsim/load/real_faults.h"

namespace starling::load {
namespace {

using namespace std::chrono_literals;
using users::FaultKind;

/// A server that starts or stops is looked at so often.
constexpr Duration kLookEvery = 20ms;

}  // namespace

Nemesis::Nemesis(const std::vector<users::Fault>& faults, WorkerPool& pool, ServerProcess* server)
    : faults_(faults), pool_(pool), server_(server), server_effects_(faults.size()) {}

Instant Nemesis::on_time(Instant now) {
  while (next_ < faults_.size() && began_ + faults_[next_].at <= now) inject(next_++, now);
  if (now >= resume_at_) {
    resume_at_ = kNever;
    server_->resume();
  }
  look_after_server();
  Instant next = resume_at_;
  if (next_ < faults_.size()) next = std::min(next, began_ + faults_[next_].at);
  if (restarting_ || draining_) next = std::min(next, now + kLookEvery);
  return next;
}

void Nemesis::inject(std::uint32_t index, Instant now) {
  const users::Fault& fault = faults_[index];
  switch (fault.kind) {
    case FaultKind::Kill:
      server_effects_[index] += server_->running() ? 1 : 0;
      server_->kill();
      restarting_ = draining_ = false;
      break;
    case FaultKind::Restart:
      if (server_->running() && !draining_) break;  // nothing to restart: no effect
      restarting_ = server_->start();
      blamed_ = index;
      break;
    case FaultKind::Pause:
      server_effects_[index] += server_->running() ? 1 : 0;
      server_->pause();
      resume_at_ = now + fault.span;
      break;
    case FaultKind::Drain:
      draining_ = server_->running();
      server_->terminate();
      blamed_ = index;
      break;
    case FaultKind::Heal:
      server_effects_[index] = 1;
      heal();
      break;
    default:
      pool_.command({.kind = Command::Kind::Fault, .fault = fault, .fault_index = index});
      break;
  }
}

void Nemesis::look_after_server() {
  if (draining_ && !server_->running()) {
    draining_ = false;
    // Stopped by itself with success: then the drain went as it should.
    server_effects_[blamed_] += server_->exit_status() == 0 ? 1 : 0;
    restarting_ = server_->start();
  }
  if (!restarting_) return;
  if (const auto port = server_->ready()) {
    restarting_ = false;
    if (blamed_ < faults_.size() && faults_[blamed_].kind == FaultKind::Restart) ++server_effects_[blamed_];
    pool_.command({.kind = Command::Kind::Target, .port = *port});
  }
}

bool Nemesis::heal() {
  if (server_ == nullptr) return true;
  resume_at_ = kNever;
  server_->resume();
  if (!server_->running() && !draining_) {
    restarting_ = server_->start();
    blamed_ = static_cast<std::uint32_t>(faults_.size());
  }
  if (draining_ || restarting_) look_after_server();
  return server_->running() && !draining_ && !restarting_;
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
