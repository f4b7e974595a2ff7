// A world at scale: millions of users on the servers' own core::Shard, in made-up time. The users' storage is compacted and the
// clusters know nothing of each other; connections, rings, stores, crashes and cuts are there, and each delivery is checked.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "loadsim/crowd/cluster.h"
#include "loadsim/crowd/context.h"
#include "loadsim/crowd/log.h"
#include "loadsim/crowd/people.h"
#include "loadsim/crowd/plan.h"
#include "loadsim/crowd/store.h"
#include "loadsim/crowd/words.h"

namespace starling::crowd {

struct Report {
  Tally tally;
  std::uint64_t events = 0;  // in the logs
  std::uint64_t trace = 0;
  Duration lasted{};
  std::uint64_t violations = 0;
  std::vector<check::Violation> first;
  std::vector<std::string> idle_faults;  // that struck nothing: such a run shows nothing about them
};

class Crowd {
 public:
  /// `options` have no refusals.
  explicit Crowd(Options options);
  ~Crowd();

  /// Called once a second of made-up time.
  using Progress = std::function<void(Instant now, const Tally& tally)>;
  /// Everybody connects, acts, suffers the faults and comes to rest. Stops at the first broken promise.
  Report run(const Progress& progress = {});

 private:
  class Island;

  void run_until(Instant until, const Progress& progress);
  void check_deliveries(std::uint64_t events);
  std::string unrest() const;
  void come_to_rest(const Progress& progress);

  Common common_;
  Instant now_{};
  std::vector<std::unique_ptr<Island>> islands_;
};

}  // namespace starling::crowd
