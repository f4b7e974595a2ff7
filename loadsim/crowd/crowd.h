// A world at scale: millions of users on the servers' own core::Shard, in one made-up time. The users' storage is compacted
// and the clusters know nothing of each other; connections, rings, stores, crashes and cuts are there, and each delivery is checked.
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

  /// Everybody connects, acts, suffers the faults and comes to rest. Stops at the first broken promise. `progress` is called
  /// once a second of made-up time.
  Report run(const std::function<void(const Context&)>& progress = {});

 private:
  struct Island;

  void run_until(Instant until, const std::function<void(const Context&)>& progress);
  void dispatch(const Wheel::Event& event);
  void begin(std::uint32_t fault);
  void check_deliveries(std::uint64_t events);
  std::string unrest() const;
  void come_to_rest(const std::function<void(const Context&)>& progress);

  Context context_;
  std::vector<std::unique_ptr<Island>> islands_;
};

}  // namespace starling::crowd
