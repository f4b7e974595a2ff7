// What the virtual users of one worker share. Owner: the worker.
#pragma once

#include <cstdint>

#include "common/client/session.h"
#include "loadsim/check/device_watch.h"
#include "loadsim/load/accounts.h"
#include "loadsim/report/run_result.h"
#include "loadsim/users/room_plan.h"
#include "loadsim/users/scenario.h"

namespace starling::load {

struct UserWorld {
  const users::Scenario& scenario;
  const Accounts& accounts;
  std::uint64_t seed = 0;    // of everything that is drawn
  std::uint32_t run_id = 0;  // in the stamps; not zero
  users::RoomPlan plan{scenario, seed};
  client::Settings settings;
  client::HeapLender lender;
  check::EventNames names{};
  check::Violations violations;
  report::Counters counters;
  report::Histograms histograms;  // since the last report

  void record(report::Metric metric, std::uint64_t us) { histograms[static_cast<std::size_t>(metric)].record(us); }
};

}  // namespace starling::load
