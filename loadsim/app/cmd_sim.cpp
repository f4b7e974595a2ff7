#include "loadsim/app/cmd_sim.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "loadsim/app/exit_codes.h"
#include "loadsim/app/planted_bug.h"
#include "loadsim/app/schedule_file.h"
#include "loadsim/app/seed_workers.h"
#include "loadsim/app/store_option.h"
#include "loadsim/app/timeline_file.h"
#include "loadsim/sim/ensemble.h"
#include "loadsim/sim/knobs.h"
#include "loadsim/sim/swarm.h"

namespace starling::loadsim {
namespace {

/// Fewer seeds need not reach every rare path.
constexpr std::uint64_t kEnoughSeeds = 100;
/// A seed takes about a second.
constexpr unsigned kPatienceS = 120;

struct SimOptions {
  std::uint64_t seeds = 200;
  std::uint64_t from = 1;
  std::optional<std::uint64_t> seed;
  std::string schedule;
  std::uint64_t follow = 0;
  unsigned jobs = 2;
  StoreChoice store;
  std::string timeline;
  bool print = false;
  bool twice = false;
};

void print_violations(const sim::RunReport& report) {
  std::printf("seed %llu: %llu violation%s\n", static_cast<unsigned long long>(report.seed),
              static_cast<unsigned long long>(report.violations), report.violations == 1 ? "" : "s");
  for (const check::Violation& violation : report.first) std::printf("  %s\n", to_string(violation).c_str());
}

/// Runs again and compares: what happens must be a function of the options.
sim::RunReport run_checked(const sim::Options& options, bool twice) {
  sim::RunReport report = sim::run(options);
  if (!twice) return report;
  const sim::RunReport again = sim::run(options);
  if (again.trace == report.trace && again.inputs == report.inputs) return report;
  ++report.violations;
  report.first.push_back({.guarantee = check::Guarantee::G15_Liveness, .text = "the second run took another course"});
  return report;
}

int run_one(sim::Options options, const SimOptions& sim_options) {
  options.follow = DeviceId(sim_options.follow);
  std::printf("%s", to_text(options).c_str());
  std::fflush(stdout);
  const bool drawn = !sim_options.timeline.empty();
  const auto ran = drawn ? run_drawn(options, sim_options.timeline) : run_checked(options, sim_options.twice);
  if (!ran) return kExitUsage;
  const sim::RunReport& report = *ran;
  sim::Ensemble ensemble(options.store);
  ensemble.add(report);
  std::printf("%s", ensemble.table().c_str());
  if (report.violations != 0) print_violations(report);
  std::printf("{\"seeds\":1,\"violations\":%llu,\"events\":%llu,\"probes_missed\":%zu,\"trace\":\"%016llx\"}\n",
              static_cast<unsigned long long>(report.violations), static_cast<unsigned long long>(report.inputs),
              ensemble.probes_missed().size(), static_cast<unsigned long long>(report.trace));
  return report.violations == 0 ? kExitPass : kExitViolated;
}

bool has_holes(const sim::Ensemble& ensemble) {
  for (const std::string_view name : ensemble.probes_missed()) {
    std::printf("never reached: %.*s\n", static_cast<int>(name.size()), name.data());
  }
  for (const std::string_view name : ensemble.vain_faults()) {
    std::printf("never effective: %.*s\n", static_cast<int>(name.size()), name.data());
  }
  return !ensemble.probes_missed().empty() || !ensemble.vain_faults().empty();
}

int run_many(const SimOptions& sim_options) {
  sim::Ensemble ensemble(sim_options.store);
  const auto begin = std::chrono::steady_clock::now();
  const bool ran = for_each_seed(
      {sim_options.from, sim_options.seeds}, sim_options.jobs, kPatienceS,
      [&](std::uint64_t seed) {
        return run_checked(sim::swarm(seed, store_of(seed, sim_options.store)), sim_options.twice);
      },
      [&](const sim::RunReport& report) {
        ensemble.add(report);
        if (report.violations != 0) {
          print_violations(report);
          std::printf("  again: starling-loadsim sim --seed %llu%s\n", static_cast<unsigned long long>(report.seed),
                      (store_words(sim_options.store) + mutant_words()).c_str());
        }
        if (ensemble.seeds() % 100 == 0) {
          std::fprintf(stderr, "%llu seeds\n", static_cast<unsigned long long>(ensemble.seeds()));
        }
        return true;
      });
  if (!ran) {
    std::perror("cannot start a process");
    return kExitUsage;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%s", ensemble.table().c_str());
  const bool holes = has_holes(ensemble);
  std::printf("%llu seeds in %.1f s, median %llu events a seed\n", static_cast<unsigned long long>(ensemble.seeds()),
              took.count(), static_cast<unsigned long long>(ensemble.median_inputs()));
  std::printf(
      "{\"seeds\":%llu,\"violations\":%llu,\"events\":%llu,\"probes_missed\":%zu,\"faults_in_vain\":%zu,"
      "\"events_median\":%llu}\n",
      static_cast<unsigned long long>(ensemble.seeds()), static_cast<unsigned long long>(ensemble.violations()),
      static_cast<unsigned long long>(ensemble.inputs()), ensemble.probes_missed().size(),
      ensemble.vain_faults().size(), static_cast<unsigned long long>(ensemble.median_inputs()));
  const bool failed = ensemble.violations() != 0 || (holes && ensemble.seeds() >= kEnoughSeeds);
  return failed ? kExitViolated : kExitPass;
}

int simulate(const SimOptions& options) {
  if (options.twice && !options.timeline.empty()) {
    std::fprintf(stderr, "--timeline draws one run, --twice compares two: take one of them away\n");
    return kExitUsage;
  }
  if (options.print) {
    const std::uint64_t seed = options.seed.value_or(options.from);
    std::printf("%s", to_text(sim::swarm(seed, store_of(seed, options.store))).c_str());
    return kExitPass;
  }
  if (!options.schedule.empty()) {
    auto written = read_schedule(options.schedule);
    return written ? run_one(std::move(*written), options) : kExitUsage;
  }
  if (options.seed) return run_one(sim::swarm(*options.seed, store_of(*options.seed, options.store)), options);
  if (!options.timeline.empty()) {
    std::fprintf(stderr, "--timeline draws one run: choose it with --seed or --schedule\n");
    return kExitUsage;
  }
  return run_many(options);
}

}  // namespace

void add_sim_command(CLI::App& root, int& exit_code) {
  CLI::App* command =
      root.add_subcommand("sim", "Simulate a server and its users exactly, with faults drawn from seeds");
  auto options = std::make_shared<SimOptions>();
  command->add_option("--seeds", options->seeds, "How many")->capture_default_str();
  command->add_option("--from", options->from, "The first")->capture_default_str();
  command->add_option("--seed", options->seed, "Only this one, with its schedule printed");
  command->add_option("--schedule", options->schedule, "A file as --print writes it, instead of a seed's own options");
  command->add_option("--follow", options->follow, "Print what this device did and was told to stderr");
  command->add_option("--timeline", options->timeline, "Where an HTML page of what happened in a seed or file goes");
  command->add_option("--jobs", options->jobs, "Processes")->capture_default_str()->check(CLI::Range(1, 64));
  add_store_option(*command, options->store);
  command->add_flag("--print", options->print, "Only print the options and faults of a seed");
  command->add_flag("--twice", options->twice, "Run each seed twice and compare the traces");
  add_mutant_option(*command);
  command->callback([options, &exit_code] { exit_code = simulate(*options); });
}

}  // namespace starling::loadsim
