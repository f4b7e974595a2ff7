#include "loadsim/load/coordinator.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>

#include "loadsim/load/clock.h"
#include "loadsim/load/losses.h"
#include "loadsim/load/program.h"

namespace starling::load {
namespace {

using namespace std::chrono_literals;

constexpr Duration kServerStartMax = 30s;
constexpr Duration kRoomsMax = 120s;
/// After the ramp, for the last ones.
constexpr Duration kConnectGrace = 30s;
/// A command reaches all workers before this.
constexpr Duration kLead = 100ms;
/// docs/CONTRACT.md, G15: faults healed, everything is at rest within this.
constexpr Duration kQuiesceMax = 60s;
/// A lost tail is found within 2 s, so rest that holds for longer is rest.
constexpr Duration kQuiet = 2500ms;
constexpr Duration kSweepMax = 10min;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text, size};
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::vector<std::unique_ptr<ServerProcess>> servers_of(const RunOptions& options) {
  std::vector<std::unique_ptr<ServerProcess>> servers;
  for (const std::string& config : options.configs) {
    if (!options.spawn) break;
    const auto scratch = options.scratch / fmt::format("n{}", servers.size() + 1);
    std::filesystem::create_directory(scratch);
    servers.push_back(std::make_unique<ServerProcess>(options.programs / "starlingd", config, scratch));
  }
  return servers;
}

std::unique_ptr<Injector> injector_of(const RunOptions& options) {
  return options.injector.empty() ? nullptr : std::make_unique<Injector>(options.injector, options.scratch);
}

}  // namespace

std::uint32_t workers_for(const RunOptions& options) {
  const std::uint32_t users = options.scenario.users;
  const std::uint32_t least = std::max((users + kUsersPerWorkerMax - 1) / kUsersPerWorkerMax, std::min(users, 2u));
  return std::min(
      std::max(options.workers != 0 ? options.workers : least, (users + kUsersPerWorkerMax - 1) / kUsersPerWorkerMax),
      users);
}

Coordinator::Coordinator(const RunOptions& options, const Accounts& accounts)
    : options_(options),
      servers_(servers_of(options)),
      injector_(injector_of(options)),
      pool_({.scenario = options.scenario,
             .accounts = accounts,
             .nodes = options.nodes,
             .seed = options.seed,
             .run_id = options.run_id,
             .workers = workers_for(options)}),
      nemesis_(options.scenario.faults, pool_, servers_, injector_.get()) {
  result_.scenario = options.scenario;
  result_.url = url_of(options.nodes.front().endpoint);
  result_.started = utc_now();
  result_.run_id = options.run_id;
  result_.workers = workers_for(options);
}

Result<report::RunResult, std::string> Coordinator::run() {
  if (!pool_.fork_all()) return tl::unexpected(std::string("the machine has no room for another process"));
  if (const Step step = start_server(); !step) return tl::unexpected(step.error());
  if (const Step step = make_rooms(); !step) return tl::unexpected(step.error());
  if (const Step step = connect(); !step) return tl::unexpected(step.error());
  load();
  if (const Step step = settle(); !step) return tl::unexpected(step.error());
  if (const Step step = sweep(); !step) return tl::unexpected(step.error());
  finish();
  return std::move(result_);
}

template <class Done, class Meanwhile>
Result<bool, std::string> Coordinator::wait(Instant deadline, Done&& done, Meanwhile&& meanwhile) {
  for (;;) {
    const Instant now = now_on_machine();
    const Instant again = meanwhile(now);
    pool_.sum_up();
    if (now >= second_began_ + 1s) take_second(now);
    if (!pool_.collected().troubles.empty()) return tl::unexpected(pool_.collected().troubles.front());
    if (done()) return true;
    if (now >= deadline) return false;
    pool_.listen(std::min({deadline, again, second_began_ + 1s}));
  }
}

void Coordinator::take_second(Instant now) {
  const double span = seconds(now - second_began_);
  const WorkerPool::Collected& all = pool_.collected();
  const report::Histogram window = std::exchange(pool_.collected().delivery_window, {});
  const report::Second second{
      .at_s = load_began_ == kNever ? 0 : seconds(now - load_began_),
      .deliveries_per_s = static_cast<double>(all.counters.deliveries - last_second_.deliveries) / span,
      .sends_per_s = static_cast<double>(all.counters.sends - last_second_.sends) / span,
      .ready = all.gauges.ready,
      .p50_ms = window.quantile_ms(5000),
      .p99_ms = window.quantile_ms(9900),
      .max_ms = static_cast<double>(window.max()) / 1000};
  last_second_ = all.counters;
  second_began_ = now;
  progress_.second(second, all.gauges, all.counters);
  if (sampling_) result_.seconds.push_back(second);
}

Coordinator::Step Coordinator::start_server() {
  second_began_ = now_on_machine();
  for (const auto& server : servers_) {
    progress_.phase(servers_.size() == 1 ? "starting the server" : "starting a node");
    if (!server->start()) return tl::unexpected(std::string("starlingd could not be started"));
  }
  for (std::uint32_t node = 0; node < servers_.size(); ++node) {
    if (const Step step = await_server(node); !step) return step;
  }
  return {};
}

Coordinator::Step Coordinator::await_server(std::uint32_t node) {
  ServerProcess& server = *servers_[node];
  std::optional<std::uint16_t> port;
  const auto up = wait(
      now_on_machine() + kServerStartMax, [&] { return port || !server.running(); },
      [&](Instant now) {
        port = server.ready();
        return now + 20ms;
      });
  if (!up) return tl::unexpected(up.error());
  if (!port) return tl::unexpected(fmt::format("starlingd did not become ready; its log: {}", server.log().string()));
  pool_.command({.kind = Command::Kind::Target, .node = node, .port = *port});
  return {};
}

Coordinator::Step Coordinator::make_rooms() {
  if (options_.scenario.rooms.seeded) return {};
  progress_.phase("making rooms");
  pool_.command({.kind = Command::Kind::Found});
  const auto made = wait(now_on_machine() + kRoomsMax,
                         [&] { return pool_.collected().gauges.rooms_made >= options_.scenario.rooms.count; });
  if (!made) return tl::unexpected(made.error());
  if (!*made) {
    return tl::unexpected(fmt::format("only {} of {} rooms were made within {} s: is the server at {} up?",
                                      pool_.collected().gauges.rooms_made, options_.scenario.rooms.count,
                                      kRoomsMax / 1s, result_.url));
  }
  return {};
}

Coordinator::Step Coordinator::connect() {
  progress_.phase("connecting users");
  const Instant began = now_on_machine();
  pool_.command({.kind = Command::Kind::Ramp, .at = began});
  const Duration ramp = options_.scenario.ramp;
  const auto all = wait(began + ramp + kConnectGrace, [&] {
    return now_on_machine() >= began + ramp && pool_.collected().gauges.live == options_.scenario.users;
  });
  if (!all) return tl::unexpected(all.error());
  result_.ramp_s = seconds(now_on_machine() - began);
  const std::uint64_t ready = pool_.collected().gauges.ready;
  if (ready == 0) return tl::unexpected(fmt::format("nobody could log in at {}", result_.url));
  if (!*all)
    progress_.phase(fmt::format("{} of {} users are online; going on with them", ready, options_.scenario.users));
  return {};
}

void Coordinator::load() {
  progress_.phase("load");
  const std::uint64_t ticks = pool_.least_ticks();
  const Instant begin = now_on_machine() + kLead;
  pool_.command({.kind = Command::Kind::Load, .at = begin});
  static_cast<void>(wait(begin, [&] { return pool_.least_ticks() > ticks; }));
  result_.before_load = last_second_ = pool_.collected().counters;
  for (std::size_t i = 0; i < pool_.size(); ++i) cpu_before_.push_back(pool_.cpu_us(i));
  load_began_ = second_began_ = begin;
  sampling_ = true;
  nemesis_.begin(begin);
  const Instant end = begin + options_.scenario.duration;
  // A trouble ends the wait; the next phase reports it.
  static_cast<void>(wait(end, [] { return false; }, [&](Instant now) { return nemesis_.on_time(now); }));
}

void Coordinator::end_of_load(Instant began, Instant ended) {
  const WorkerPool::Collected& all = pool_.collected();
  result_.after_load = all.counters;
  result_.gauges = all.gauges;
  result_.load_s = seconds(ended - began);
  result_.unknown.at_end = all.gauges.waiting;
  for (std::size_t i = 0; i < pool_.size(); ++i) {
    const double used = static_cast<double>(pool_.cpu_us(i) - cpu_before_[i]) / 1e6;
    result_.busiest_worker_cpu_percent = std::max(result_.busiest_worker_cpu_percent, 100 * used / result_.load_s);
  }
}

Coordinator::Step Coordinator::settle() {
  progress_.phase("coming to rest");
  const Instant ended = now_on_machine();
  const std::uint64_t ticks = pool_.least_ticks();
  pool_.command({.kind = Command::Kind::Quiesce});
  const auto told = wait(ended + 10s, [&] { return pool_.least_ticks() > ticks; });
  if (!told) return tl::unexpected(told.error());
  end_of_load(load_began_, ended);

  bool healed = false;
  Instant quiet_since = kNever;
  std::uint64_t deliveries = 0;
  const auto rested = wait(
      ended + kQuiesceMax,
      [&] {
        const WorkerPool::Collected& all = pool_.collected();
        const Instant now = now_on_machine();
        const bool quiet = healed && all.gauges.unsettled == 0 && all.counters.deliveries == deliveries &&
                           pool_.least_ticks() > ticks + 1;
        deliveries = all.counters.deliveries;
        if (!quiet) quiet_since = kNever;
        if (quiet && quiet_since == kNever) quiet_since = now;
        return quiet && now - quiet_since >= kQuiet;
      },
      [&](Instant now) {
        healed = healed || nemesis_.heal(now);
        return healed ? kNever : now + 20ms;
      });
  if (!rested) return tl::unexpected(rested.error());
  sampling_ = false;
  if (!healed) {
    return tl::unexpected(fmt::format("the server did not come back after its faults{}{}",
                                      nemesis_.why_not().empty() ? "" : ": ", nemesis_.why_not()));
  }
  result_.quiesced = *rested;
  // The log is read next: what somebody was told of only after that would be missing there.
  if (!*rested) pool_.command({.kind = Command::Kind::Freeze});
  result_.quiesce_s = seconds(now_on_machine() - ended);
  result_.unknown.after_quiesce = pool_.collected().gauges.waiting;
  return {};
}

Coordinator::Step Coordinator::dump_ledger(const std::filesystem::path& to) {
  pool_.command({.kind = Command::Kind::ListRooms});
  const auto listed = wait(now_on_machine() + kSweepMax, [&] { return pool_.all_listed(); });
  if (!listed) return tl::unexpected(listed.error());
  const std::filesystem::path rooms = options_.scratch / "rooms";
  std::ofstream list(rooms);
  for (const RoomId room : pool_.collected().rooms_watched) list << room.value << '\n';
  list.close();
  const std::filesystem::path program = options_.programs / "starlingctl";
  const int code = run_program({program, "--config", options_.configs.front(), "ledger", "--rooms", rooms}, to);
  if (code != 0) {
    return tl::unexpected(fmt::format("'{} --config {} ledger' failed ({}): without the log there is no verdict",
                                      program.string(), options_.configs.front(), code));
  }
  return {};
}

Coordinator::Step Coordinator::sweep() {
  progress_.phase("comparing with the log");
  const std::filesystem::path dump = options_.scratch / "ledger";
  if (const Step step = dump_ledger(dump); !step) return step;
  Command command{.kind = Command::Kind::Sweep};
  const std::string path = dump.string();
  if (path.size() >= command.path.size()) return tl::unexpected("the path " + path + " is too long");
  std::copy(path.begin(), path.end(), command.path.begin());
  pool_.command_each([&](std::size_t worker) {
    command.sweeps_log = worker == 0;
    return command;
  });
  const auto swept = wait(now_on_machine() + kSweepMax, [&] { return pool_.all_swept(); });
  if (!swept) return tl::unexpected(swept.error());
  result_.swept = *swept;
  if (!*swept) return tl::unexpected(std::string("the comparison with the log took too long"));
  return {};
}

void Coordinator::finish() {
  const WorkerPool::Collected& all = pool_.collected();
  result_.counters = all.counters;
  result_.histograms = all.histograms;
  result_.violation_count = all.counters.violations;
  result_.violations = all.violations;
  result_.swept_rooms = all.swept.rooms;
  result_.swept_events = all.swept.events;
  result_.unknown.found_committed = all.swept.committed;
  result_.unknown.found_absent = all.swept.unknown - all.swept.committed;
  result_.faults = nemesis_.outcomes();
  hold_against_faults(result_);
  report::judge(result_);
}

}  // namespace starling::load
