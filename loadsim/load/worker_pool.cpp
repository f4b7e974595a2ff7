#include "loadsim/load/worker_pool.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "loadsim/load/clock.h"

namespace starling::load {
namespace {

/// 127.0.1.2 for the first worker, 127.0.2.2 for the second: no two share an address.
constexpr std::uint32_t source_of(std::uint32_t worker) { return (127u << 24) + ((worker + 1) % 250 << 8) + 2; }
/// The contract gives everything 60 s to come to rest after the last fault: a device that may wait for a minute before
/// it tries again could not keep that.
constexpr Duration kBackoffCap = std::chrono::seconds(30);
/// Violations whose text is kept.
constexpr std::size_t kTextsMax = 64;

}  // namespace

WorkerPool::WorkerPool(const PoolPlan& plan) : plan_(plan) {
  collected_.fault_effects.resize(plan.scenario.faults.size());
}

WorkerPool::~WorkerPool() {
  command({.kind = Command::Kind::Exit});
  for (const Process& worker : workers_) {
    // What it still has to say is not heard; a worker that hangs would hang us too.
    ::kill(worker.pid, SIGKILL);
    ::waitpid(worker.pid, nullptr, 0);
  }
}

bool WorkerPool::fork_all() {
  for (std::uint32_t i = 0; i < plan_.workers; ++i) {
    auto ends = Channel::pair();
    if (!ends) return false;
    const pid_t pid = ::fork();
    if (pid < 0) return false;
    if (pid == 0) {
      workers_.clear();
      {
        const Channel unused = std::move(ends->first);
      }
      be_worker(i, std::move(ends->second));
    }
    workers_.push_back({.pid = pid, .channel = std::move(ends->first)});
  }
  return true;
}

void WorkerPool::be_worker(std::uint32_t number, Channel channel) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const users::Scenario& scenario = plan_.scenario;
  const std::uint64_t users = scenario.users;
  const auto first = static_cast<std::uint32_t>(users * number / plan_.workers);
  const auto end = static_cast<std::uint32_t>(users * (number + 1) / plan_.workers);
  UserWorld world{{.scenario = scenario, .accounts = plan_.accounts, .seed = plan_.seed, .run_id = plan_.run_id},
                  plan_.accounts,
                  static_cast<std::uint32_t>(plan_.nodes.size())};
  world.settings.agent = "starling-loadsim";
  world.settings.first_mode = scenario.rooms.mode;
  world.settings.durable = scenario.durable;
  world.settings.backoff_cap = kBackoffCap;
  Worker(world, {.first = first, .count = end - first, .source = source_of(number), .nodes = plan_.nodes},
         std::move(channel))
      .run();
  ::_exit(0);
}

void WorkerPool::command(const Command& command) {
  for (const Process& worker : workers_) worker.channel.send(command);
}

void WorkerPool::listen(Instant until) {
  std::vector<pollfd> fds;
  fds.reserve(workers_.size());
  for (const Process& worker : workers_)
    fds.push_back({.fd = worker.gone ? -1 : worker.channel.fd(), .events = POLLIN});
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now_on_machine()).count();
  ::poll(fds.data(), fds.size(), static_cast<int>(std::clamp<std::int64_t>(left, 0, 1000)));
  for (Process& worker : workers_) hear(worker);
}

void WorkerPool::hear(Process& worker) {
  while (!worker.gone) {
    const auto message = worker.channel.receive(buffer_);
    if (!message) {
      worker.gone = true;
      collected_.troubles.emplace_back("a worker process has died");
    } else if (message->empty()) {
      return;
    } else {
      on(worker, MessageReader(*message));
    }
  }
}

void WorkerPool::on(Process& worker, MessageReader message) {
  switch (message.take<ReportKind>()) {
    case ReportKind::Tick:
      worker.counters = message.take<report::Counters>();
      worker.gauges = message.take<report::Gauges>();
      for (std::size_t i = 0; i < report::kMetrics; ++i) {
        report::Histogram news;
        message.take_values(news);
        collected_.histograms[i].merge(news);
        if (static_cast<report::Metric>(i) == report::Metric::Delivery) collected_.delivery_window.merge(news);
      }
      ++worker.ticks;
      break;
    case ReportKind::Violation:
      if (collected_.violations.size() < kTextsMax) collected_.violations.emplace_back(message.text());
      break;
    case ReportKind::Trouble:
      collected_.troubles.emplace_back(message.text());
      break;
    case ReportKind::FaultDone:
      if (const auto index = message.take<std::uint32_t>(); index < collected_.fault_effects.size()) {
        collected_.fault_effects[index] += message.take<std::uint64_t>();
      }
      break;
    case ReportKind::RoomsWatched:
      while (!message.empty()) collected_.rooms_watched.insert(message.take<RoomId>());
      break;
    case ReportKind::Listed:
      worker.listed = true;
      break;
    case ReportKind::Swept: {
      const auto swept = message.take<Swept>();
      worker.swept = true;
      collected_.swept.rooms = swept.rooms;
      collected_.swept.events = swept.events;
      collected_.swept.unknown += swept.unknown;
      collected_.swept.committed += swept.committed;
      break;
    }
  }
}

void WorkerPool::sum_up() {
  collected_.counters = {};
  collected_.gauges = {};
  for (const Process& worker : workers_) {
    collected_.counters.add(worker.counters);
    collected_.gauges.add(worker.gauges);
  }
}

std::uint64_t WorkerPool::least_ticks() const {
  std::uint64_t least = UINT64_MAX;
  for (const Process& worker : workers_) least = std::min(least, worker.ticks);
  return least;
}

bool WorkerPool::all_listed() const {
  return std::all_of(workers_.begin(), workers_.end(), [](const Process& worker) { return worker.listed; });
}

bool WorkerPool::all_swept() const {
  return std::all_of(workers_.begin(), workers_.end(), [](const Process& worker) { return worker.swept; });
}

}  // namespace starling::load
