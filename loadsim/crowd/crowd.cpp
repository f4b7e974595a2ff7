#include "loadsim/crowd/crowd.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/base/assert.h"

namespace starling::crowd {
namespace {

constexpr std::uint32_t kRoomsEachMax = 8;

bool is_possible(users::FaultKind kind) {
  using enum users::FaultKind;
  return kind == Kill || kind == Restart || kind == Cut || kind == RingDrop || kind == BusDrop || kind == BusCut ||
         kind == StoreLostReply;
}

bool are_neighbours(const Options& options, const users::Fault& cut) {
  return options.nodes >= 1 && cut.node >= 1 && cut.to >= 1 && cut.node != cut.to &&
         (cut.node - 1) / options.nodes == (cut.to - 1) / options.nodes;
}

/// Kills after which a cluster has no server left, for good.
std::vector<users::Fault> last_kills(const Options& options) {
  std::map<std::uint32_t, users::Fault> down;
  for (const users::Fault& fault : options.scenario.faults) {
    if (fault.kind == users::FaultKind::Restart) down.erase(fault.node);
    if (fault.kind == users::FaultKind::Kill) down.insert_or_assign(fault.node, fault);
  }
  std::map<std::uint32_t, std::uint32_t> dead;  // servers, by cluster
  std::vector<users::Fault> found;
  for (const auto& [node, fault] : down) {
    if (++dead[(node - 1) / options.nodes] == options.nodes) found.push_back(fault);
  }
  return found;
}

bool is_done(users::Action action) {
  using enum users::Action;
  return action != Edit && action != Delete && action != OpenDirect;
}

}  // namespace

std::vector<std::string> refusals(const Options& options) {
  std::vector<std::string> found;
  const users::Scenario& scenario = options.scenario;
  const auto require = [&](bool good, std::string otherwise) {
    if (!good) found.push_back(std::move(otherwise));
  };
  require(options.clusters >= 1 && options.nodes >= 1 && options.shards >= 1 &&
              std::uint64_t{options.nodes} * options.shards <= ports::kShardsMax && options.clusters <= UINT16_MAX,
          "a cluster has 1 to 64 shards: take more clusters");
  const std::uint32_t members = scenario.rooms.members;
  require(options.clusters >= 1 && members >= 2 && scenario.users % (options.clusters * members) == 0,
          "the users must be a multiple of clusters times members of a room");
  const std::uint64_t places = std::uint64_t{scenario.rooms.count} * members;
  require(scenario.users > 0 && places % scenario.users == 0 && places / scenario.users >= 1 &&
              places / scenario.users <= kRoomsEachMax,
          "everybody is in 1 to 8 rooms, all in as many: rooms times members must be a multiple of the users");
  require(scenario.rooms.mode == wire::SyncMode::Full && !scenario.rooms.direct,
          "a crowd follows group rooms wholly: remove 'mode' and 'kind' of [rooms]");
  require(scenario.objectives.empty(), "a crowd measures no latencies: remove [objectives]");
  require(scenario.durable, "a crowd's devices keep what they have: remove 'durable = false'");
  for (const users::Fault& fault : scenario.faults) {
    require(is_possible(fault.kind),
            "a crowd does not suffer '" + to_string(fault) +
                "': there are kill, restart, cut, ring.drop, bus.drop, bus.cut and store.lost_reply");
    require(fault.node <= options.clusters * options.nodes, "'" + to_string(fault) + "': there is no such server");
    require(fault.kind != users::FaultKind::BusCut || are_neighbours(options, fault),
            "'" + to_string(fault) + "': these are not two servers of one cluster");
  }
  for (const users::Fault& fault : options.nodes >= 1 ? last_kills(options) : std::vector<users::Fault>()) {
    require(false, "'" + to_string(fault) + "': no server of its cluster is left: add a restart of one of them");
  }
  for (const users::Persona& persona : scenario.personas) {
    require(persona.stall == Duration::zero() && !persona.talk,
            "nobody in a crowd stalls or talks: remove it from '" + persona.name + "'");
    for (std::size_t i = 0; i < users::kActions; ++i) {
      const auto action = static_cast<users::Action>(i);
      require(persona.weights[i] == 0 || is_done(action),
              "nobody in a crowd does '" + std::string(name_of(action)) + "': remove it from '" + persona.name + "'");
    }
  }
  return found;
}

/// One cluster and its users.
struct Crowd::Island {
  Island(Context& context, std::uint32_t number)
      : plan({.cluster = number,
              .users = context.options.scenario.users / context.options.clusters,
              .members = context.options.scenario.rooms.members,
              .passes =
                  static_cast<std::uint32_t>(std::uint64_t{context.options.scenario.rooms.count} *
                                             context.options.scenario.rooms.members / context.options.scenario.users)},
             context.options.seed),
        words(context.options.scenario, plan),
        log(plan, words, context.violations),
        store(context, log, number),
        people(context, plan, words, log, number),
        cluster(context, plan, store, people, number) {
    people.connect(cluster);
  }

  Plan plan;
  Words words;
  Log log;
  Store store;
  People people;
  Cluster cluster;
};

Crowd::Crowd(Options options) : context_(std::move(options)) {
  STARLING_ASSERT(refusals(context_.options).empty());
  for (std::uint32_t i = 0; i < context_.options.clusters; ++i)
    islands_.push_back(std::make_unique<Island>(context_, i));
  for (std::uint32_t i = 0; i < People::kSlices; ++i) {
    context_.wheel.schedule(Instant() + People::kVisitEvery * (i + 1) / People::kSlices, What::Visit, i);
  }
  const auto& faults = context_.options.scenario.faults;
  for (std::uint32_t i = 0; i < faults.size(); ++i) {
    context_.wheel.schedule(Instant() + context_.options.scenario.ramp + faults[i].at, What::FaultBegins, i);
  }
  for (auto& island : islands_) {
    for (std::uint32_t node = 0; node < context_.options.nodes; ++node) island->cluster.start(node);
    island->people.start();
  }
}

Crowd::~Crowd() = default;

// ---- time

void Crowd::run_until(Instant until, const std::function<void(const Context&)>& progress) {
  while (context_.now() < until && context_.violations.empty()) {
    Wheel::Event event;
    const Instant stop = std::min(until, context_.now() + 1s);
    while (context_.violations.empty() && context_.wheel.next(stop, event)) dispatch(event);
    if (progress) progress(context_);
  }
}

void Crowd::dispatch(const Wheel::Event& event) {
  const auto island = [&](std::uint64_t number) -> Island& { return *islands_[number]; };
  switch (event.what) {
    case What::ShardTimer:
      return island(event.a >> 8).cluster.on_timer(event.a & 0xFF, event.b);
    case What::RingArrival:
      return island(event.b & 0xFFFF).cluster.on_ring(event.a, event.b >> 16);
    case What::StoreDone:
      return island(event.b).cluster.on_store(event.a);
    case What::FlightLands:
      return island(event.b).cluster.on_flight(event.a);
    case What::UpArrives:
      return island(event.b).cluster.on_up(event.a);
    case What::LeaseTimer:
      return island(event.a >> 8).cluster.on_lease_timer(event.a & 0xFF, event.b);
    case What::NodeStarts:
      return island(event.a >> 8).cluster.on_node_starts(event.a & 0xFF, event.b);
    case What::LineNoticed:
      return island(event.a >> 8)
          .cluster.on_line(event.a & 0xFF, {.index = static_cast<std::uint32_t>(event.b),
                                            .generation = static_cast<std::uint32_t>(event.b >> 32)});
    case What::Comes:
      return island(event.b).people.on_comes(event.a);
    case What::Dial:
      return island(event.b).people.on_dial(event.a);
    case What::Login:
      return island(event.b & 0xFFFF).people.on_login(event.a, static_cast<std::uint32_t>(event.b >> 16));
    case What::Acts:
      return island(event.b & 0xFFFF).people.on_act(event.a, static_cast<std::uint32_t>(event.b >> 16));
    case What::Visit:
      context_.wheel.schedule(context_.now() + People::kVisitEvery, What::Visit, event.a);
      for (auto& each : islands_) each->people.visit(event.a);
      return;
    case What::FaultBegins:
      return begin(event.a);
  }
}

void Crowd::begin(std::uint32_t index) {
  const users::Fault& fault = context_.options.scenario.faults[index];
  std::uint64_t& effects = context_.effects[index];
  const Spell spell{.fault = index,
                    .permille = fault.kind == users::FaultKind::BusCut ? 1000 : fault.permille,
                    .until = context_.now() + fault.span};
  const std::uint32_t number = fault.node == 0 ? 0 : fault.node - 1;
  const std::uint32_t node = number % context_.options.nodes;
  Island& island = *islands_[number / context_.options.nodes];
  switch (fault.kind) {
    case users::FaultKind::Kill:
      effects += island.cluster.kill(node);
      return;
    case users::FaultKind::Restart:
      effects += island.cluster.restart(node) ? 1 : 0;
      return;
    case users::FaultKind::Cut:
      for (auto& each : islands_) effects += each->people.cut(spell);
      return;
    case users::FaultKind::RingDrop:
      context_.ring_drop = spell;
      return;
    case users::FaultKind::BusDrop:
      context_.bus_drop = spell;
      return;
    case users::FaultKind::BusCut:
      context_.bus_cuts.push_back(spell);
      return;
    default:  // StoreLostReply
      context_.lost_reply = spell;
      return;
  }
}

// ---- a run

Report Crowd::run(const std::function<void(const Context&)>& progress) {
  const users::Scenario& scenario = context_.options.scenario;
  run_until(Instant() + scenario.ramp + scenario.duration, progress);
  come_to_rest(progress);
  Report report;
  for (auto& each : islands_) {
    if (context_.violations.empty()) each->people.sweep();
    report.events += each->log.events();
  }
  check_deliveries(report.events);
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    if (context_.effects[i] == 0 && context_.violations.empty())
      report.idle_faults.push_back(to_string(scenario.faults[i]));
  }
  report.tally = context_.tally;
  report.trace = context_.trace;
  report.lasted = context_.now().time_since_epoch();
  report.violations = context_.violations.count();
  report.first = context_.violations.kept();
  return report;
}

/// Everybody was shown every event once, but for what a reset went past.
void Crowd::check_deliveries(std::uint64_t events) {
  const std::uint64_t wanted = events * context_.options.scenario.rooms.members;
  const std::uint64_t shown = context_.tally.deliveries + static_cast<std::uint64_t>(context_.tally.skipped);
  if (!context_.violations.empty() || shown == wanted) return;
  context_.violations.report(
      {.guarantee = check::Guarantee::G2_TotalOrder,
       .text = std::to_string(shown) + " deliveries of " + std::to_string(wanted) + ", events times members"});
}

std::string Crowd::unrest() const {
  for (const auto& each : islands_) {
    std::string why = each->people.unrest();
    if (!why.empty()) return why + "\n" + each->cluster.pending();
  }
  return {};
}

/// Nobody acts any more, and nothing new is broken.
void Crowd::come_to_rest(const std::function<void(const Context&)>& progress) {
  for (auto& each : islands_) each->people.stop_acting();
  const Instant end = context_.now() + context_.options.rest_within;
  std::string why = unrest();
  while (!why.empty() && context_.now() < end && context_.violations.empty()) {
    run_until(context_.now() + 1s, progress);
    why = unrest();
  }
  if (why.empty() || !context_.violations.empty()) return;
  context_.violations.report({.guarantee = check::Guarantee::G15_Liveness, .text = "not at rest in time:" + why});
}

}  // namespace starling::crowd
