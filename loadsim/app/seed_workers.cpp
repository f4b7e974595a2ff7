#include "loadsim/app/seed_workers.h"

#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "loadsim/app/report_codec.h"

namespace starling::loadsim {
namespace {

/// Every `stride`-th seed from `next` on, in one child.
struct Worker {
  pid_t pid = -1;
  int pipe = -1;
  std::uint64_t next = 0;  // the seed whose report is awaited
  std::string bytes;
  bool running = false;
};

void write_all(int fd, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t n = ::write(fd, bytes.data() + at, bytes.size() - at);
    if (n <= 0 && errno != EINTR) ::_exit(1);  // the parent is gone
    if (n > 0) at += static_cast<std::size_t>(n);
  }
}

class Pool {
 public:
  Pool(SeedRange range, unsigned jobs, unsigned patience_s, const std::function<sim::RunReport(std::uint64_t)>& work)
      : end_(range.from + range.count), patience_s_(patience_s), work_(work) {
    const auto count = static_cast<std::size_t>(std::clamp<std::uint64_t>(range.count, 1, std::max(1u, jobs)));
    workers_.resize(count);
    for (std::size_t i = 0; i < count; ++i) workers_[i].next = range.from + i;
  }
  ~Pool() {
    for (Worker& worker : workers_) {
      if (!worker.running) continue;
      ::kill(worker.pid, SIGKILL);
      reap(worker);
    }
  }

  bool start() {
    return std::all_of(workers_.begin(), workers_.end(), [&](Worker& worker) { return start(worker); });
  }

  bool run(const std::function<bool(const sim::RunReport&)>& done) {
    for (;;) {
      std::vector<pollfd> ready;
      std::vector<Worker*> owners;
      for (Worker& worker : workers_) {
        if (!worker.running) continue;
        ready.push_back({.fd = worker.pipe, .events = POLLIN, .revents = 0});
        owners.push_back(&worker);
      }
      if (ready.empty()) return true;
      if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return false;
      for (std::size_t i = 0; i < ready.size(); ++i) {
        if (ready[i].revents != 0 && !receive(*owners[i], done)) return true;
      }
    }
  }

 private:
  bool start(Worker& worker) {
    if (worker.next >= end_) return true;
    std::array<int, 2> ends{};
    std::fflush(nullptr);  // or the child prints it again
    if (::pipe(ends.data()) != 0) return false;
    worker.pid = ::fork();
    if (worker.pid < 0) return false;
    if (worker.pid == 0) {
      ::close(ends[0]);
      for (std::uint64_t seed = worker.next; seed < end_; seed += workers_.size()) {
        // Of its own CPU: a machine that stands still is no simulation that does not end.
        const itimerval patience{.it_interval = {}, .it_value = {.tv_sec = patience_s_, .tv_usec = 0}};
        ::setitimer(ITIMER_PROF, &patience, nullptr);
        write_all(ends[1], to_bytes(work_(seed)));
      }
      ::_exit(0);
    }
    ::close(ends[1]);
    worker.pipe = ends[0];
    worker.bytes.clear();
    worker.running = true;
    return true;
  }

  int reap(Worker& worker) {
    int status = 0;
    ::close(worker.pipe);
    while (::waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
    }
    worker.running = false;
    return status;
  }

  bool receive(Worker& worker, const std::function<bool(const sim::RunReport&)>& done) {
    std::array<char, 65536> block;
    const ssize_t n = ::read(worker.pipe, block.data(), block.size());
    if (n < 0) return true;
    worker.bytes.append(block.data(), static_cast<std::size_t>(n));
    while (auto report = take_report(worker.bytes)) {
      worker.next += workers_.size();
      if (!done(*report)) return false;
    }
    if (n > 0) return true;
    const int status = reap(worker);
    if (worker.next >= end_) return true;
    sim::RunReport dead{.seed = worker.next, .violations = 1};
    dead.first.push_back({.guarantee = check::Guarantee::G15_Liveness,
                          .text = WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF
                                      ? "the simulation does not end"
                                      : "the process of the simulation died, see above"});
    worker.next += workers_.size();
    return done(dead) && start(worker);
  }

  std::vector<Worker> workers_;
  std::uint64_t end_;
  unsigned patience_s_;
  const std::function<sim::RunReport(std::uint64_t)>& work_;
};

}  // namespace

bool for_each_seed(SeedRange range, unsigned jobs, unsigned patience_s,
                   const std::function<sim::RunReport(std::uint64_t)>& work,
                   const std::function<bool(const sim::RunReport&)>& done) {
  if (range.count == 0) return true;
  Pool pool(range, jobs, patience_s, work);
  return pool.start() && pool.run(done);
}

}  // namespace starling::loadsim
