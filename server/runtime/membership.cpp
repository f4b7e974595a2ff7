#include "server/runtime/membership.h"

#include <pthread.h>

#include <chrono>
#include <utility>

#include "server/runtime/core_driver.h"

namespace starling::runtime {

Membership::Membership(const core::Config& config, const ports::ViewNode& self, Calls calls)
    : calls_(std::move(calls)), lease_(config, self) {}

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
    if (answer) take_news(now.at, std::move(*answer));
    if (hurry) lease_.hurry(now.at);
    if (leave) lease_.leave(now.at);
    if (auto ask = is_out_ ? std::nullopt : lease_.ask(now)) calls_.ask({.request = std::move(*ask)});
    lock.lock();
    const auto something = [&] { return stop_ || hurry_ || leave_ || answer_ || is_out_; };
    const Instant next = lease_.next_deadline();
    if (next == kNever) {
      changed_.wait(lock, something);
    } else {
      changed_.wait_until(lock, std::chrono::steady_clock::time_point(next.time_since_epoch()), something);
    }
  }
}

void Membership::take_news(Instant now, ports::StoreCompletion&& done) {
  core::Lease::News news = lease_.answered(now, std::move(done));
  if (news.out) {
    is_out_ = true;
    return calls_.put_out();
  }
  for (ports::View& view : news.views) calls_.entered(std::move(view));
  calls_.extended(lease_.until(), lease_.store_clock());
  if (lease_.left() && !std::exchange(told_left_, true)) calls_.left();
}

}  // namespace starling::runtime
