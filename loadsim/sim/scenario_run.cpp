#include "loadsim/sim/scenario_run.h"

#include <algorithm>
#include <array>
#include <utility>

#include "loadsim/sim/rest.h"
#include "loadsim/sim/world.h"

namespace starling::sim {
namespace {

/// The last ones of the ramp have their rooms by then.
constexpr Duration kConnectGrace = 2s;
/// docs/CONTRACT.md, G15: faults healed, everything is at rest within this.
constexpr Duration kRestWithin = 60s;
/// As much as tokens grant in the real world: limits are never changed for a test, and load is not for users' budgets.
constexpr std::uint32_t kGrantPerS = 100'000;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

Options options_of(const ScenarioRun& run) {
  Options options{.seed = run.seed, .store = run.store, .nodes = run.nodes, .shards = run.shards};
  options.scenario = std::make_shared<const users::Scenario>(run.scenario);
  options.load_at = run.scenario.ramp + kConnectGrace;
  options.acting = false;
  options.heal_at = options.load_at + run.scenario.duration;
  options.users = run.scenario.users;
  options.rooms = run.scenario.rooms.count;
  options.client.first_mode = run.scenario.rooms.mode;
  options.client.durable = run.scenario.durable;
  options.grants_sends_per_s = options.grants_burst = kGrantPerS;
  options.rest_within = kRestWithin;
  for (users::Fault fault : run.scenario.faults) {
    fault.at += options.load_at;
    options.schedule.push_back(fault);
  }
  return options;
}

/// Effects are counted by kind: each fault of a kind is given an equal part.
std::vector<report::FaultOutcome> outcomes(const std::vector<users::Fault>& faults, const FaultTallies& tallies) {
  std::vector<report::FaultOutcome> found;
  std::array<std::uint64_t, users::kFaultKinds> given{};
  for (const users::Fault& fault : faults) {
    const auto kind = static_cast<std::size_t>(fault.kind);
    const std::uint64_t n = tallies[kind].injected;
    const std::uint64_t all = tallies[kind].effective;
    const std::uint64_t part = n == 0 ? 0 : all / n + (given[kind]++ < all % n ? 1 : 0);
    found.push_back({.fault = fault, .effect = part, .on_clients = hits_clients(fault.kind)});
  }
  return found;
}

class Staging {
 public:
  explicit Staging(const ScenarioRun& run) : world_(options_of(run)), company_(world_.cast()->company()) {
    result_.scenario = run.scenario;
    result_.run_id = company_.run_id;
    result_.workers = 1;
    result_.url = "a simulated server of " + std::to_string(run.nodes) + (run.nodes == 1 ? " node" : " nodes") +
                  ", seed " + std::to_string(run.seed);
  }

  report::RunResult play() {
    world_.populate();
    const Instant begin = Instant() + world_.context().options.load_at;
    world_.run_until(begin);
    result_.ramp_s = seconds(result_.scenario.ramp);
    result_.before_load = last_second_ = company_.counters;
    load(begin);
    come_down();
    finish();
    return std::move(result_);
  }

 private:
  void load(Instant begin) {
    const Instant end = begin + result_.scenario.duration;
    while (world_.context().now() < end && !world_.broken()) {
      world_.run_until(std::min(world_.context().now() + 1s, end));
      take_second(begin);
    }
    result_.after_load = company_.counters;
    result_.gauges = gauges();
    result_.load_s = seconds(world_.context().now() - begin);
    result_.unknown.at_end = result_.gauges.waiting;
  }

  void take_second(Instant begin) {
    const report::Histogram& delivery = company_.histograms[static_cast<std::size_t>(report::Metric::Delivery)];
    result_.seconds.push_back(
        {.at_s = seconds(world_.context().now() - begin),
         .deliveries_per_s = static_cast<double>(company_.counters.deliveries - last_second_.deliveries),
         .sends_per_s = static_cast<double>(company_.counters.sends - last_second_.sends),
         .ready = gauges().ready,
         .p50_ms = delivery.quantile_ms(5000),
         .p99_ms = delivery.quantile_ms(9900),
         .max_ms = static_cast<double>(delivery.max()) / 1000});
    last_second_ = company_.counters;
    collect();
  }

  void collect() {
    for (std::size_t i = 0; i < report::kMetrics; ++i) result_.histograms[i].merge(company_.histograms[i]);
    company_.histograms = {};
  }

  void come_down() {
    const Instant ended = world_.context().now();
    world_.slow_down(0);
    if (!world_.broken()) world_.nemesis().heal();
    come_to_rest(world_, kRestWithin);
    // Who follows a room only by its head is compared with the whole of it all the same.
    world_.open_all_rooms();
    come_to_rest(world_, kRestWithin);
    result_.quiesced = !world_.broken();
    result_.quiesce_s = seconds(world_.context().now() - ended);
    result_.unknown.after_quiesce = gauges().waiting;
    sweep(world_);
    result_.swept = !world_.broken();
  }

  report::Gauges gauges() const {
    report::Gauges gauges{.users = result_.scenario.users, .rooms_made = world_.database().rooms().size()};
    for (const auto& device : world_.devices()) {
      if (!device->running()) continue;
      gauges.ready += device->ready() ? 1 : 0;
      gauges.live += people::is_live(*device->session()) ? 1 : 0;
      gauges.waiting += device->session()->outbox().size();
    }
    return gauges;
  }

  void finish() {
    collect();
    for (const auto& device : world_.devices()) device->count_oddities();
    const check::Violations& violations = world_.context().violations;
    result_.counters = company_.counters;
    result_.counters.violations = result_.violation_count = violations.count();
    for (const check::Violation& each : violations.kept()) result_.violations.push_back(check::to_string(each));
    result_.swept_rooms = world_.database().rooms().size();
    for (const auto& [id, log] : world_.database().rooms()) result_.swept_events += log.head().value;
    result_.faults = outcomes(result_.scenario.faults, world_.context().tallies);
    report::judge(result_);
  }

  World world_;
  people::Company& company_;
  report::RunResult result_;
  report::Counters last_second_;
};

}  // namespace

std::vector<std::string> impossible(const ScenarioRun& run) {
  std::vector<std::string> lines;
  if (run.nodes * run.shards > ports::kShardsMax) {
    lines.push_back("a server has at most " + std::to_string(ports::kShardsMax) + " shards: lower --nodes or --shards");
  }
  const bool on_file = run.nodes == 1 && run.store == StoreKind::Embedded;
  for (const users::Fault& fault : run.scenario.faults) {
    if (users::name_of(fault.kind).starts_with("pg.") && on_file) {
      lines.push_back("'" + to_string(fault) + "' needs a database server: --store postgres");
    }
    if (users::name_of(fault.kind).starts_with("bus.") && run.nodes == 1) {
      lines.push_back("'" + to_string(fault) + "' is between nodes: --nodes 2");
    }
    if (std::max(fault.node, fault.to) > run.nodes) {
      lines.push_back("'" + to_string(fault) + "' needs more nodes: --nodes " +
                      std::to_string(std::max(fault.node, fault.to)));
    }
  }
  return lines;
}

report::RunResult run(const ScenarioRun& run) { return Staging(run).play(); }

}  // namespace starling::sim
