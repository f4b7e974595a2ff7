#include <fmt/format.h>

#include <algorithm>

#include "loadsim/report/run_result.h"

namespace starling::report {
namespace {

double measured(const RunResult& r, users::Goal goal) {
  switch (goal) {
    case users::Goal::P50Ms:
      return r.of(Metric::Delivery).quantile_ms(5000);
    case users::Goal::P99Ms:
      return r.of(Metric::Delivery).quantile_ms(9900);
    case users::Goal::P999Ms:
      return r.of(Metric::Delivery).quantile_ms(9990);
    case users::Goal::AckP99Ms:
      return r.of(Metric::Ack).quantile_ms(9900);
    case users::Goal::ConnectP99Ms:
      return r.of(Metric::Connect).quantile_ms(9900);
    case users::Goal::OutageP99Ms:
      return r.of(Metric::Outage).quantile_ms(9900);
    case users::Goal::DeliveriesPerSMin:
      return r.deliveries_per_s();
    case users::Goal::SendsPerSMin:
      return r.sends_per_s();
    case users::Goal::ConnectedPercentMin:
      return r.gauges.users != 0 ? 100.0 * static_cast<double>(r.gauges.ready) / static_cast<double>(r.gauges.users)
                                 : 0;
    case users::Goal::RefusedMax:
      return static_cast<double>(r.counters.refused);
    case users::Goal::kCount:
      break;
  }
  return 0;
}

/// Which histogram a demand on latency reads; kCount when it is about something else.
Metric metric_of(users::Goal goal) {
  switch (goal) {
    case users::Goal::P50Ms:
    case users::Goal::P99Ms:
    case users::Goal::P999Ms:
      return Metric::Delivery;
    case users::Goal::AckP99Ms:
      return Metric::Ack;
    case users::Goal::ConnectP99Ms:
      return Metric::Connect;
    case users::Goal::OutageP99Ms:
      return Metric::Outage;
    default:
      return Metric::kCount;
  }
}

void judge_objectives(RunResult& result) {
  result.objectives.clear();
  for (const users::Objective& objective : result.scenario.objectives) {
    ObjectiveOutcome outcome{.objective = objective, .measured = measured(result, objective.goal)};
    const bool minimum = name_of(objective.goal).is_minimum;
    const Metric metric = metric_of(objective.goal);
    // No value is no proof that the values were good.
    const bool unmeasured = metric != Metric::kCount && result.of(metric).count() == 0;
    outcome.met = !unmeasured && (minimum ? outcome.measured >= objective.limit : outcome.measured <= objective.limit);
    result.objectives.push_back(outcome);
  }
}

void judge_fitness(RunResult& result) {
  const users::Fitness& fitness = result.scenario.fitness;
  const double lag_ms = result.of(Metric::TimerLag).quantile_ms(9900);
  const double lag_max_ms = std::chrono::duration<double, std::milli>(fitness.timer_lag_p99).count();
  if (lag_ms > lag_max_ms) {
    result.unfit.push_back(
        fmt::format("one action in a hundred came {:.1f} ms late or more (limit {:.1f} ms)", lag_ms, lag_max_ms));
  }
  if (result.busiest_worker_cpu_percent > fitness.worker_cpu_percent) {
    result.unfit.push_back(fmt::format("a worker used {:.0f} % of a core (limit {} %): use more workers",
                                       result.busiest_worker_cpu_percent, fitness.worker_cpu_percent));
  }
  if (result.counters.dropped != 0) {
    result.unfit.push_back(fmt::format("{} sends found a full outbox and were never made", result.counters.dropped));
  }
  for (const FaultOutcome& fault : result.faults) {
    if (fault.effect == 0) {
      result.unfit.push_back(fmt::format("the fault '{}' never took effect{}{}", to_string(fault.fault),
                                         fault.note.empty() ? "" : ": ", fault.note));
    }
  }
}

}  // namespace

std::string_view name_of(Metric metric) {
  constexpr std::array<std::string_view, kMetrics> names{"delivery", "ack",     "connect",
                                                         "outage",   "rehomed", "timer_lag"};
  return names[static_cast<std::size_t>(metric)];
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Pass:
      return "pass";
    case Verdict::ObjectiveMissed:
      return "objective missed";
    case Verdict::Violated:
      return "correctness violated";
    case Verdict::Unfit:
      return "generator unfit";
  }
  return "?";
}

std::vector<FaultSummary> summary(const std::vector<FaultOutcome>& faults) {
  std::vector<FaultSummary> kinds;
  for (const FaultOutcome& each : faults) {
    auto at =
        std::find_if(kinds.begin(), kinds.end(), [&](const FaultSummary& s) { return s.kind == each.fault.kind; });
    if (at == kinds.end()) at = kinds.insert(kinds.end(), FaultSummary{.kind = each.fault.kind});
    ++at->injected;
    at->effective += each.effect != 0 ? 1 : 0;
    at->clients += each.on_clients ? each.effect : 0;
  }
  return kinds;
}

void judge(RunResult& result) {
  judge_objectives(result);
  judge_fitness(result);
  bool missed = false;
  for (const ObjectiveOutcome& outcome : result.objectives) missed |= !outcome.met;
  // A broken promise is one however badly it was measured; a figure is worth nothing from a generator that was late.
  result.verdict = result.violation_count != 0 ? Verdict::Violated
                   : !result.unfit.empty()     ? Verdict::Unfit
                   : missed                    ? Verdict::ObjectiveMissed
                                               : Verdict::Pass;
}

}  // namespace starling::report
