// What the people of a run have in common, in whatever world they are. Owner: one thread.
#pragma once

#include <cstdint>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "loadsim/people/rehoming.h"
#include "loadsim/report/run_result.h"
#include "loadsim/users/scenario.h"

namespace starling::people {

struct Account {
  UserId user;
  DeviceId device;
};

/// Who the people are to the server.
class Accounts {
 public:
  virtual ~Accounts() = default;
  virtual Account at(std::uint32_t index) const = 0;
};

struct Company {
  const users::Scenario& scenario;
  const Accounts& accounts;
  std::uint64_t seed = 0;    // of everything that is drawn
  std::uint32_t run_id = 0;  // in the stamps; not zero
  report::Counters counters{};
  report::Histograms histograms{};  // since the last report
  Rehoming rehoming{};

  void record(report::Metric metric, Instant from, Instant to) {
    const Duration span = from < to ? to - from : Duration::zero();
    histograms[static_cast<std::size_t>(metric)].record(
        static_cast<std::uint64_t>(span / std::chrono::microseconds(1)));
  }
};

}  // namespace starling::people
