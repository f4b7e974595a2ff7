// The worker processes as the coordinator sees them: it commands them all, collects what they report, and ends them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "loadsim/load/accounts.h"
#include "loadsim/load/channel.h"
#include "loadsim/load/worker.h"
#include "loadsim/report/run_result.h"

namespace starling::load {

/// What every worker is told before it is born.
struct PoolPlan {
  const users::Scenario& scenario;
  const Accounts& accounts;
  std::vector<Node> nodes;
  std::uint64_t seed = 0;
  std::uint32_t run_id = 0;
  std::uint32_t workers = 1;
};

class WorkerPool {
 public:
  /// What has been collected so far.
  struct Collected {
    report::Counters counters;
    report::Gauges gauges;
    report::Histograms histograms;
    report::Histogram delivery_window;  // Delivery since it was last taken
    std::vector<std::string> violations;
    std::vector<std::uint64_t> fault_effects;  // by the schedule's index
    std::set<RoomId> rooms_watched;
    Swept swept;
    std::vector<std::string> troubles;
  };

  explicit WorkerPool(const PoolPlan& plan);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// One process each; false when the machine refuses.
  bool fork_all();
  void command(const Command& command);
  /// To each worker a command of its own, by its number.
  template <class Make>
  void command_each(Make&& make) {
    for (std::size_t i = 0; i < workers_.size(); ++i) workers_[i].channel.send(make(i));
  }
  /// Reads what comes until `until`, or at least what has come.
  void listen(Instant until);

  Collected& collected() { return collected_; }
  /// All totals of now: sums over the workers' last reports.
  void sum_up();
  /// Every worker has reported so often, of the kinds that are answers.
  std::uint64_t least_ticks() const;
  bool all_listed() const;
  bool all_swept() const;
  std::uint64_t cpu_us(std::size_t worker) const { return workers_[worker].counters.cpu_us; }
  std::size_t size() const { return workers_.size(); }

 private:
  struct Process {
    pid_t pid = -1;
    Channel channel;
    report::Counters counters;
    report::Gauges gauges;
    std::uint64_t ticks = 0;
    bool listed = false;
    bool swept = false;
    bool gone = false;
  };

  [[noreturn]] void be_worker(std::uint32_t number, Channel channel);
  void hear(Process& worker);
  void on(Process& worker, MessageReader message);

  PoolPlan plan_;
  std::vector<Process> workers_;
  std::vector<std::byte> buffer_;
  Collected collected_;
};

}  // namespace starling::load
