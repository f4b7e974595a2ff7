// Everything a run found out. The JSON line, the HTML page and the JUnit file are views of it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "loadsim/report/counters.h"
#include "loadsim/report/histogram.h"
#include "loadsim/users/scenario.h"

namespace starling::report {

enum class Metric : std::uint8_t {
  Delivery,  // from the intended send to each receiver
  Ack,       // from the intended send to its answer
  Connect,   // from the attempt to the Welcome
  Outage,    // from losing a connection to having every room again
  Rehomed,  // after a node's death: the first message of a room that had its home there, as Delivery, to who stayed connected
  TimerLag,  // the generator's own: from an action's intended time to its doing
  kCount
};
inline constexpr std::size_t kMetrics = static_cast<std::size_t>(Metric::kCount);
std::string_view name_of(Metric metric);
using Histograms = std::array<Histogram, kMetrics>;

/// One second of the run.
struct Second {
  double at_s = 0;  // since the load began; negative: while users connected
  double deliveries_per_s = 0;
  double sends_per_s = 0;
  std::uint64_t ready = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
};

struct FaultOutcome {
  users::Fault fault;
  std::uint64_t effect = 0;  // clients hit, 1 for a server that was, or what the injector counted
  bool on_clients = false;
  std::string note;  // the injector's: of what, or why in vain
};

/// All faults of a kind together.
struct FaultSummary {
  users::FaultKind kind = users::FaultKind::Heal;
  std::uint64_t injected = 0;
  std::uint64_t effective = 0;
  std::uint64_t clients = 0;
};
std::vector<FaultSummary> summary(const std::vector<FaultOutcome>& faults);

/// A send without an answer when the load ended is neither done nor failed: the log decides.
struct UnknownSends {
  std::uint64_t at_end = 0;           // of the load
  std::uint64_t after_quiesce = 0;    // still
  std::uint64_t found_committed = 0;  // of those, by the final sweep
  std::uint64_t found_absent = 0;
};

struct ObjectiveOutcome {
  users::Objective objective;
  double measured = 0;
  bool met = false;
};

enum class Verdict : std::uint8_t { Pass = 0, ObjectiveMissed = 2, Violated = 3, Unfit = 4 };
std::string_view name_of(Verdict verdict);
constexpr int exit_code(Verdict verdict) { return static_cast<int>(verdict); }

struct RunResult {
  users::Scenario scenario;
  std::string url;
  std::string started;  // UTC, ISO 8601
  std::uint32_t run_id = 0;
  std::uint32_t workers = 0;
  double load_s = 0;  // how long the load lasted
  double ramp_s = 0;
  double quiesce_s = 0;
  bool quiesced = false;

  Counters counters;     // at the end
  Counters before_load;  // when the load began
  Counters after_load;   // when it ended: rates are of the difference
  Gauges gauges;         // at the end of the load
  Histograms histograms;
  std::vector<Second> seconds;
  std::vector<FaultOutcome> faults;
  UnknownSends unknown;

  std::uint64_t violation_count = 0;
  std::vector<std::string> violations;  // the first ones
  std::uint64_t swept_rooms = 0;
  std::uint64_t swept_events = 0;
  bool swept = false;

  std::vector<ObjectiveOutcome> objectives;
  std::vector<std::string> unfit;  // why the generator's figures mean nothing
  double busiest_worker_cpu_percent = 0;
  Verdict verdict = Verdict::Pass;

  double deliveries_per_s() const {
    return load_s > 0 ? static_cast<double>(after_load.deliveries - before_load.deliveries) / load_s : 0;
  }
  double sends_per_s() const {
    return load_s > 0 ? static_cast<double>(after_load.sends - before_load.sends) / load_s : 0;
  }
  const Histogram& of(Metric metric) const { return histograms[static_cast<std::size_t>(metric)]; }
};

/// Fills objectives, unfit and verdict.
void judge(RunResult& result);

}  // namespace starling::report
