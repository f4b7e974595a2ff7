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

/// One cluster and its users, in a time of their own.
class Crowd::Island {
 public:
  Island(Common& common, std::uint32_t number)
      : context_(common),
        number_(number),
        plan_({.cluster = number,
               .users = common.options.scenario.users / common.options.clusters,
               .members = common.options.scenario.rooms.members,
               .passes =
                   static_cast<std::uint32_t>(std::uint64_t{common.options.scenario.rooms.count} *
                                              common.options.scenario.rooms.members / common.options.scenario.users)},
              common.options.seed),
        words_(common.options.scenario, plan_),
        log_(plan_, words_, common.violations),
        store_(context_, log_, number),
        people_(context_, plan_, words_, log_, number),
        cluster_(context_, plan_, store_, people_, number) {
    people_.connect(cluster_);
    for (std::uint32_t i = 0; i < People::kSlices; ++i) {
      context_.wheel.schedule(Instant() + People::kVisitEvery * (i + 1) / People::kSlices, What::Visit, i);
    }
    const users::Scenario& scenario = common.options.scenario;
    for (std::uint32_t i = 0; i < scenario.faults.size(); ++i) {
      if (!is_here(scenario.faults[i])) continue;
      context_.wheel.schedule(Instant() + scenario.ramp + scenario.faults[i].at, What::FaultBegins, i);
    }
    for (std::uint32_t node = 0; node < common.options.nodes; ++node) cluster_.start(node);
    people_.start();
  }

  /// To then, or to the first broken promise.
  void run_until(Instant until) {
    Wheel::Event event;
    while (context_.violations.empty() && context_.wheel.next(until, event)) dispatch(event);
  }
  void stop_acting() { people_.stop_acting(); }
  void sweep() { people_.sweep(); }
  std::string unrest() const {
    std::string why = people_.unrest();
    return why.empty() ? why : why + "\n" + cluster_.pending();
  }
  std::uint64_t events() const { return log_.events(); }

 private:
  /// One that names no server strikes all clusters.
  bool is_here(const users::Fault& fault) const {
    return fault.node == 0 || (fault.node - 1) / context_.options.nodes == number_;
  }
  void dispatch(const Wheel::Event& event);
  void begin(std::uint32_t fault);

  Context context_;
  std::uint32_t number_;
  Plan plan_;
  Words words_;
  Log log_;
  Store store_;
  People people_;
  Cluster cluster_;
};

void Crowd::Island::dispatch(const Wheel::Event& event) {
  switch (event.what) {
    case What::ShardTimer:
      return cluster_.on_timer(event.a, event.b);
    case What::RingArrival:
      return cluster_.on_ring(event.a, event.b);
    case What::StoreDone:
      return cluster_.on_store(event.a);
    case What::FlightLands:
      return cluster_.on_flight(event.a);
    case What::UpArrives:
      return cluster_.on_up(event.a);
    case What::LeaseTimer:
      return cluster_.on_lease_timer(event.a, event.b);
    case What::NodeStarts:
      return cluster_.on_node_starts(event.a, event.b);
    case What::LineNoticed:
      return cluster_.on_line(event.a, {.index = static_cast<std::uint32_t>(event.b),
                                        .generation = static_cast<std::uint32_t>(event.b >> 32)});
    case What::Comes:
      return people_.on_comes(event.a);
    case What::Dial:
      return people_.on_dial(event.a);
    case What::Login:
      return people_.on_login(event.a, static_cast<std::uint32_t>(event.b));
    case What::Acts:
      return people_.on_act(event.a, static_cast<std::uint32_t>(event.b));
    case What::Visit:
      context_.wheel.schedule(context_.now() + People::kVisitEvery, What::Visit, event.a);
      return people_.visit(event.a);
    case What::FaultBegins:
      return begin(event.a);
  }
}

void Crowd::Island::begin(std::uint32_t index) {
  const users::Fault& fault = context_.options.scenario.faults[index];
  std::uint64_t& effects = context_.effects[index];
  const Spell spell{.fault = index,
                    .permille = fault.kind == users::FaultKind::BusCut ? 1000 : fault.permille,
                    .until = context_.now() + fault.span};
  const std::uint32_t node = (fault.node == 0 ? 0 : fault.node - 1) % context_.options.nodes;
  switch (fault.kind) {
    case users::FaultKind::Kill:
      effects += cluster_.kill(node);
      return;
    case users::FaultKind::Restart:
      effects += cluster_.restart(node) ? 1 : 0;
      return;
    case users::FaultKind::Cut:
      effects += people_.cut(spell);
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
    case users::FaultKind::StoreLostReply:
      context_.lost_reply = spell;
      return;
    default:
      STARLING_ASSERT(false);
  }
}

Crowd::Crowd(Options options) : common_(std::move(options)) {
  STARLING_ASSERT(refusals(common_.options).empty());
  for (std::uint32_t i = 0; i < common_.options.clusters; ++i) islands_.push_back(std::make_unique<Island>(common_, i));
}

Crowd::~Crowd() = default;

// ---- a run

/// Each cluster a second, one after the other: what it touches then stays in the processor's caches.
void Crowd::run_until(Instant until, const Progress& progress) {
  while (now_ < until && common_.violations.empty()) {
    now_ = std::min(until, now_ + 1s);
    for (auto& each : islands_) each->run_until(now_);
    if (progress) progress(now_, common_.tally);
  }
}

Report Crowd::run(const Progress& progress) {
  const users::Scenario& scenario = common_.options.scenario;
  run_until(Instant() + scenario.ramp + scenario.duration, progress);
  come_to_rest(progress);
  Report report;
  for (auto& each : islands_) {
    if (common_.violations.empty()) each->sweep();
    report.events += each->events();
  }
  check_deliveries(report.events);
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    if (common_.effects[i] == 0 && common_.violations.empty())
      report.idle_faults.push_back(to_string(scenario.faults[i]));
  }
  report.tally = common_.tally;
  report.trace = common_.trace;
  report.lasted = now_.time_since_epoch();
  report.violations = common_.violations.count();
  report.first = common_.violations.kept();
  return report;
}

/// Everybody was shown every event once, but for what a reset went past.
void Crowd::check_deliveries(std::uint64_t events) {
  const std::uint64_t wanted = events * common_.options.scenario.rooms.members;
  const std::uint64_t shown = common_.tally.deliveries + static_cast<std::uint64_t>(common_.tally.skipped);
  if (!common_.violations.empty() || shown == wanted) return;
  common_.violations.report(
      {.guarantee = check::Guarantee::G2_TotalOrder,
       .text = std::to_string(shown) + " deliveries of " + std::to_string(wanted) + ", events times members"});
}

std::string Crowd::unrest() const {
  for (const auto& each : islands_) {
    std::string why = each->unrest();
    if (!why.empty()) return why;
  }
  return {};
}

/// Nobody acts any more, and nothing new is broken.
void Crowd::come_to_rest(const Progress& progress) {
  for (auto& each : islands_) each->stop_acting();
  const Instant end = now_ + common_.options.rest_within;
  std::string why = unrest();
  while (!why.empty() && now_ < end && common_.violations.empty()) {
    run_until(now_ + 1s, progress);
    why = unrest();
  }
  if (why.empty() || !common_.violations.empty()) return;
  common_.violations.report({.guarantee = check::Guarantee::G15_Liveness, .text = "not at rest in time:" + why});
}

}  // namespace starling::crowd
