#include "server/runtime/membership.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/ports/numbering.h"
#include "server/runtime/core_driver.h"

namespace starling::runtime {
namespace {

using namespace std::chrono_literals;
/// Shards say something to each other node of the view every 250 ms.
constexpr Duration kSilence = 1s;
/// While it has no homes: so that it has them soon.
constexpr Duration kLookEvery = 100ms;

}  // namespace

Membership::Membership(const core::Config& config, const ports::ViewNode& self, Calls calls)
    : calls_(std::move(calls)),
      lease_(config, self),
      self_(number_of(self)),
      isolation_(config.node_lease, number_of(self)) {}

void Membership::start() {
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "membership");
    run();
  });
}

void Membership::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Membership::answered(ports::StoreCompletion&& done) {
  {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(done);
  }
  changed_.notify_one();
}

void Membership::hurry() {
  {
    const std::lock_guard lock(mutex_);
    hurry_ = true;
  }
  changed_.notify_one();
}

void Membership::leave() {
  {
    const std::lock_guard lock(mutex_);
    leave_ = true;
  }
  changed_.notify_one();
}

void Membership::run() {
  std::unique_lock lock(mutex_);
  while (!stop_ && !is_out_) {
    const bool hurry = std::exchange(hurry_, false);
    const bool leave = std::exchange(leave_, false);
    std::optional<ports::StoreCompletion> answer = std::exchange(answer_, std::nullopt);
    lock.unlock();
    const core::Now now = machine_now();
    if (leave) {
      leaving_ = true;
      lease_.leave(now.at);
    }
    if (answer) take_news(now.at, std::move(*answer));
    if (isolation_.isolated() && now.at >= looked_at_ + kLookEvery) look_around(now.at);
    if (hurry) lease_.hurry(now.at);
    if (auto ask = is_out_ ? std::nullopt : lease_.ask(now)) {
      ask->node.leaving = leaving_ || isolation_.isolated();
      calls_.ask({.request = std::move(*ask)});
    }
    lock.lock();
    const auto something = [&] { return stop_ || hurry_ || leave_ || answer_ || is_out_; };
    const Instant next = next_deadline();
    if (next == kNever) {
      changed_.wait(lock, something);
    } else {
      changed_.wait_until(lock, std::chrono::steady_clock::time_point(next.time_since_epoch()), something);
    }
  }
}

Instant Membership::next_deadline() const {
  return isolation_.isolated() && !view_.nodes.empty() ? std::min(lease_.next_deadline(), looked_at_ + kLookEvery)
                                                       : lease_.next_deadline();
}

void Membership::take_news(Instant now, ports::StoreCompletion&& done) {
  const bool store_answers = done.status == ports::StoreStatus::Ok;
  if (!store_answers) isolation_.store_away();
  core::Lease::News news = lease_.answered(now, std::move(done));
  if (news.out) {
    is_out_ = true;
    return calls_.put_out();
  }
  if (!news.views.empty()) view_ = news.views.back();
  calls_.told_time(lease_.store_clock());
  for (ports::View& view : news.views) calls_.entered(std::move(view));
  calls_.extended(lease_.until());
  tell_left(now);
  if (!is_marked()) {
    was_home_ = true;
  } else if (!leaving_ && std::exchange(was_home_, false)) {
    calls_.gave_way();
  }
  look_around(now);
  const std::size_t silent = isolation_.isolated() ? 0 : isolation_.unreached().size();
  if (store_answers && silent > 0) lease_.look_closer(view_.nodes.size() - silent);
}

/// What had its home here has it elsewhere when the view says so, or when the lease is over, whatever a store that is away would say.
void Membership::tell_left(Instant now) {
  if (!leaving_ || (!is_marked() && now < lease_.until())) return;
  if (!std::exchange(told_left_, true)) calls_.left();
}

/// The view says that this node is leaving.
bool Membership::is_marked() const {
  return std::ranges::any_of(view_.nodes,
                             [&](const ports::ViewNode& node) { return number_of(node) == self_ && node.leaving; });
}

std::vector<Reach> Membership::reach(Instant now) {
  std::vector<Reach> all;
  for (const ports::ViewNode& node : view_.nodes) {
    const std::uint16_t number = number_of(node);
    if (number == self_) continue;
    const Heard heard = calls_.heard(number);
    Voice& voice = voices_[number];
    if (std::exchange(voice.envelopes, heard.envelopes) != heard.envelopes) voice.at = now;
    all.push_back({.node = number, .heard = voice.at != kNever && now <= voice.at + kSilence, .hears = heard.hears});
  }
  return all;
}

/// After each answer of the store, so that who is dead is put out in time; more often only to come in.
void Membership::look_around(Instant now) {
  if (view_.nodes.empty()) return;
  looked_at_ = now;
  const bool before = isolation_.isolated();
  const std::vector<Reach> unreached = isolation_.unreached();
  isolation_.look(now, view_, reach(now));
  if (isolation_.isolated() != before) lease_.hurry(now);
  if (isolation_.isolated() != before || isolation_.unreached() != unreached) calls_.isolation(isolation_);
}

}  // namespace starling::runtime
