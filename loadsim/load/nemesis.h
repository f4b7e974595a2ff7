// Carries the schedule of faults out: those of clients by the workers, those of the server on its process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "loadsim/load/server_process.h"
#include "loadsim/load/worker_pool.h"
#include "loadsim/users/faults/fault.h"

namespace starling::load {

class Nemesis {
 public:
  /// `server` is null when it is not this program's to hit.
  Nemesis(const std::vector<users::Fault>& faults, WorkerPool& pool, ServerProcess* server);

  /// Time runs from here.
  void begin(Instant now) { began_ = now; }
  /// Does what is due; returns when there is something to do again.
  Instant on_time(Instant now);
  /// The end of all faults: the server runs, on its own, and is ready. False: not yet.
  bool heal();

  /// How often each took effect. Final once all clients have answered.
  std::vector<report::FaultOutcome> outcomes() const;

 private:
  void inject(std::uint32_t index, Instant now);
  void look_after_server();

  const std::vector<users::Fault>& faults_;
  WorkerPool& pool_;
  ServerProcess* server_;
  Instant began_{};
  std::uint32_t next_ = 0;
  std::vector<std::uint64_t> server_effects_;
  Instant resume_at_ = kNever;  // a paused server
  bool restarting_ = false;     // started, not ready yet
  bool draining_ = false;       // told to stop, to be started again
  std::uint32_t blamed_ = 0;    // the fault that the present start belongs to
};

}  // namespace starling::load
