// Carries the schedule of faults out: those of clients by the workers, those of the server's nodes on their processes, and
// everything but those of clients by the injector where there is one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loadsim/load/injector.h"
#include "loadsim/load/server_process.h"
#include "loadsim/load/worker_pool.h"
#include "loadsim/users/faults/fault.h"

namespace starling::load {

class Nemesis {
 public:
  /// `servers`: the nodes' processes, n1 first; empty when they are not this program's to hit. `injector`: null: none.
  Nemesis(const std::vector<users::Fault>& faults, WorkerPool& pool,
          const std::vector<std::unique_ptr<ServerProcess>>& servers, Injector* injector);

  /// Time runs from here.
  void begin(Instant now) { began_ = now; }
  /// Does what is due; returns when there is something to do again.
  Instant on_time(Instant now);
  /// The end of all faults: every node runs, on its own, and is ready. False: not yet.
  bool heal(Instant now);
  /// Why it did not heal, where that is known.
  const std::string& why_not() const { return why_not_; }

  /// How often each took effect. Final once all clients have answered.
  std::vector<report::FaultOutcome> outcomes() const;

 private:
  struct Server {
    ServerProcess* process;
    Instant resume_at = kNever;  // when it is paused
    bool restarting = false;     // started, not ready yet
    bool draining = false;       // told to stop, to be started again
    std::uint32_t blamed = 0;    // the fault that the present start belongs to
  };
  struct Effect {
    std::uint64_t times = 0;  // on servers
    std::string note;
  };
  enum class Healing : std::uint8_t { NotYet, CutShort, Asked, Done };

  void inject(std::uint32_t index, Instant now);
  std::optional<std::size_t> kill_before(std::uint32_t index) const;
  void hit(std::uint32_t index, Instant now);
  void died(std::uint32_t node, Instant when);
  void look_after(std::uint32_t node);
  void look_after_injector(Instant now);
  bool heal_node(std::uint32_t node);
  bool heal_by_injector(Instant now);

  const std::vector<users::Fault>& faults_;
  WorkerPool& pool_;
  std::vector<Server> servers_;  // by node
  Injector* injector_;
  Instant began_{};
  std::uint32_t next_ = 0;
  std::vector<Effect> effects_;  // by fault
  Healing healing_ = Healing::NotYet;
  std::string why_not_;
};

}  // namespace starling::load
