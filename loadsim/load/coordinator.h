// A run from its beginning to its verdict: rooms are made, users connect, act under faults, come to rest, and what they
// saw is compared with the log.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "loadsim/load/accounts.h"
#include "loadsim/load/endpoint.h"
#include "loadsim/load/injector.h"
#include "loadsim/load/nemesis.h"
#include "loadsim/load/progress.h"
#include "loadsim/load/server_process.h"
#include "loadsim/load/worker_pool.h"
#include "loadsim/report/run_result.h"

namespace starling::load {

struct RunOptions {
  users::Scenario scenario;
  std::vector<Node> nodes;  // of the server; not empty
  std::uint64_t seed = 0;
  std::uint32_t run_id = 1;
  std::uint32_t workers = 0;          // 0: as many as the users need
  bool spawn = false;                 // start the nodes, and stop them at the end
  std::vector<std::string> injector;  // a program and its arguments, for what hits servers; empty: there is none
  std::vector<std::string> configs;   // of the nodes; they share keys and a store
  std::filesystem::path programs;     // where starlingd and starlingctl are
  std::filesystem::path scratch;      // exists, and is this run's alone
};

/// A worker holds so many connections: 20,000 descriptors a process, and one core's worth of traffic.
inline constexpr std::uint32_t kUsersPerWorkerMax = 9000;
std::uint32_t workers_for(const RunOptions& options);

class Coordinator {
 public:
  Coordinator(const RunOptions& options, const Accounts& accounts);

  /// The error says why the run could not be finished.
  Result<report::RunResult, std::string> run();

 private:
  using Step = Result<void, std::string>;

  Step start_server();
  Step await_server(std::uint32_t node);
  Step make_rooms();
  Step connect();
  void load();
  Step settle();
  Step sweep();
  Step dump_ledger(const std::filesystem::path& to);
  void finish();

  /// Listens until `done` or the deadline; calls `meanwhile`, which says when it wants to be called again. The error is
  /// a trouble that a worker had.
  template <class Done, class Meanwhile>
  Result<bool, std::string> wait(Instant deadline, Done&& done, Meanwhile&& meanwhile);
  template <class Done>
  Result<bool, std::string> wait(Instant deadline, Done&& done) {
    return wait(deadline, done, [](Instant) { return kNever; });
  }
  void take_second(Instant now);
  void end_of_load(Instant began, Instant ended);

  const RunOptions& options_;
  std::vector<std::unique_ptr<ServerProcess>> servers_;  // by node; empty: they are not this program's
  std::unique_ptr<Injector> injector_;                   // null: there is none
  WorkerPool pool_;
  Nemesis nemesis_;
  Progress progress_;
  report::RunResult result_;
  report::Counters last_second_;
  Instant second_began_{};
  Instant load_began_ = kNever;
  std::vector<std::uint64_t> cpu_before_;
  bool sampling_ = false;
};

}  // namespace starling::load
