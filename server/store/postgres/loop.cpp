#include "server/store/postgres/loop.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "common/base/assert.h"
#include "server/store/postgres/limits.h"

namespace starling::postgres {

Loop::Loop() : wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { STARLING_ASSERT(wake_fd_ >= 0); }

Loop::~Loop() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  wake();
  if (thread_.joinable()) thread_.join();
  close(wake_fd_);
}

Lane& Loop::add(Lane::Options options, Lane::Shared shared) {
  return *lanes_.emplace_back(std::make_unique<Lane>(std::move(options), std::move(shared)));
}

void Loop::start(Route route) {
  route_ = std::move(route);
  thread_ = std::thread([this] { run(); });
}

void Loop::wake() {
  const std::uint64_t one = 1;
  // Full: it is awake.
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof one);
}

void Loop::submit(Job&& job) {
  {
    const std::scoped_lock lock(mutex_);
    inbox_.push_back(std::move(job));
  }
  wake();
}

std::size_t Loop::waiting() const {
  std::size_t sum = 0;
  for (const auto& lane : lanes_) sum += lane->waiting();
  const std::scoped_lock lock(mutex_);
  return sum + inbox_.size();
}

/// False once it is closed.
bool Loop::take(std::vector<Job>& jobs) {
  const std::scoped_lock lock(mutex_);
  jobs.swap(inbox_);
  return !closed_;
}

void Loop::wait() {
  std::vector<pollfd> fds{{.fd = wake_fd_, .events = POLLIN, .revents = 0}};
  for (const auto& lane : lanes_) fds.push_back({.fd = lane->fd(), .events = lane->events(), .revents = 0});
  poll(fds.data(), fds.size(), static_cast<int>(limits::kTick.count()));
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(wake_fd_, &count, sizeof count);
}

void Loop::run() {
  std::vector<Job> jobs;
  Lane::Clock::time_point end = Lane::Clock::time_point::max();
  const auto all_idle = [this] { return std::ranges::all_of(lanes_, [](const auto& lane) { return lane->idle(); }); };
  while (Lane::Clock::now() < end) {
    wait();
    for (const auto& lane : lanes_) lane->advance();
    const bool open = take(jobs);
    for (Job& job : jobs) route_(std::move(job));
    jobs.clear();
    for (const auto& lane : lanes_) lane->pump();
    if (open) continue;
    if (all_idle()) return;
    if (end == Lane::Clock::time_point::max()) end = Lane::Clock::now() + limits::kClosePatience;
  }
  for (const auto& lane : lanes_) lane->close();
}

}  // namespace starling::postgres
