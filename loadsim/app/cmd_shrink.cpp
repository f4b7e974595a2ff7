#include "loadsim/app/cmd_shrink.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "loadsim/app/exit_codes.h"
#include "loadsim/app/planted_bug.h"
#include "loadsim/app/schedule_file.h"
#include "loadsim/app/seed_workers.h"
#include "loadsim/app/store_option.h"
#include "loadsim/app/timeline_file.h"
#include "loadsim/sim/knobs.h"
#include "loadsim/sim/shrink.h"
#include "loadsim/sim/swarm.h"

namespace starling::loadsim {
namespace {

struct ShrinkOptions {
  std::uint64_t seed = 1;
  StoreChoice store;
  std::string schedule;
  std::string out = "minimal.sched";
  std::string timeline;
  std::uint64_t runs = 500;
  unsigned seconds = 600;
};

/// A run takes about a second.
constexpr unsigned kPatienceS = 120;

/// In a child, for it may trip an assertion. Nothing when no child could be started.
std::optional<sim::RunReport> run_apart(const sim::Options& options) {
  std::optional<sim::RunReport> result;
  for_each_seed(
      {options.seed, 1}, 1, kPatienceS, [&](std::uint64_t) { return sim::run(options); },
      [&](const sim::RunReport& report) {
        result = report;
        return true;
      });
  return result;
}

bool died(const sim::RunReport& report) { return report.inputs == 0; }

/// The promise that is broken first is the same; a run that died has broken another than one that did not.
bool fails_alike(const std::optional<sim::RunReport>& one, const sim::RunReport& other) {
  return one && one->violations != 0 && died(*one) == died(other) &&
         one->first.front().guarantee == other.first.front().guarantee;
}

/// The file goes into tests/sim/regressions as it is.
std::string file_text(const sim::Options& minimal, const check::Violation& violation) {
  std::string said = to_string(violation);
  for (std::size_t at = 0; (at = said.find('\n', at)) != std::string::npos; at += 3) said.replace(at, 1, "\n# ");
  return "# Broke: " + said + "\n" + to_text(minimal);
}

void print(const char* when, const sim::RunSize& size) {
  std::printf(
      "%s: %zu faults, %zu kinds of actions, %u users, %u rooms, %u nodes of %u shards, %.1f s of load, %zu knobs\n",
      when, size.faults, size.actions, size.users, size.rooms, size.nodes, size.shards,
      std::chrono::duration<double>(size.load).count(), size.knobs);
}

std::string json(const sim::RunSize& size) {
  return fmt::format(
      R"({{"faults":{},"actions":{},"users":{},"second_device_percent":{},"rooms":{},"members_per_room":{},"nodes":{},"shards":{},)"
      R"("load_s":{},"calm_s":{},"knobs":{}}})",
      size.faults, size.actions, size.users, size.second_device_percent, size.rooms, size.members_per_room, size.nodes,
      size.shards, std::chrono::duration<double>(size.load).count(), std::chrono::duration<double>(size.calm).count(),
      size.knobs);
}

int shrink(const ShrinkOptions& wanted) {
  const std::optional<sim::Options> options = wanted.schedule.empty()
                                                  ? sim::swarm(wanted.seed, store_of(wanted.seed, wanted.store))
                                                  : read_schedule(wanted.schedule);
  if (!options) return kExitUsage;
  const std::optional<sim::RunReport> original = run_apart(*options);
  if (!original) {
    std::perror("cannot start a process");
    return kExitUsage;
  }
  if (original->violations == 0) {
    std::fprintf(stderr, "nothing to shrink: this run keeps every promise\n");
    return kExitUsage;
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(wanted.seconds);
  std::uint64_t runs = 0;
  bool finished = true;
  sim::RunReport last = *original;
  const sim::Options minimal = sim::shrink(*options, [&](const sim::Options& candidate) {
    if (runs == wanted.runs || std::chrono::steady_clock::now() >= end) {
      finished = false;
      return false;
    }
    ++runs;
    const std::optional<sim::RunReport> report = run_apart(candidate);
    if (!fails_alike(report, *original)) return false;
    last = *report;
    return true;
  });
  const check::Violation& violation = last.first.front();
  std::ofstream file(wanted.out);
  file << file_text(minimal, violation);
  if (!file.flush()) {
    std::fprintf(stderr, "%s: cannot be written; choose another with --out\n", wanted.out.c_str());
    return kExitUsage;
  }
  if (!wanted.timeline.empty()) {
    if (died(last)) {
      std::fprintf(stderr, "no timeline: the run ends by an assertion\n");
    } else if (!run_drawn(minimal, wanted.timeline)) {
      return kExitUsage;
    }
  }
  std::printf("%s\n%s", to_text(minimal).c_str(), to_string(violation).c_str());
  std::printf("\n  again: starling-loadsim sim --schedule %s%s\n", wanted.out.c_str(), mutant_words().c_str());
  std::printf("  as a test: move %s into tests/sim/regressions; it fails until the bug is mended\n",
              wanted.out.c_str());
  print("before", size_of(*options));
  print("after", size_of(minimal));
  if (!finished) std::printf("stopped by --runs or --seconds: it may go smaller\n");
  const std::string_view broken = name_of(violation.guarantee);
  std::printf("{\"runs\":%llu,\"finished\":%s,\"broken\":\"%.*s\",\"before\":%s,\"after\":%s}\n",
              static_cast<unsigned long long>(runs), finished ? "true" : "false", static_cast<int>(broken.size()),
              broken.data(), json(size_of(*options)).c_str(), json(size_of(minimal)).c_str());
  return kExitPass;
}

}  // namespace

void add_shrink_command(CLI::App& root, int& exit_code) {
  CLI::App* command = root.add_subcommand("shrink", "Make the schedule of a failing seed as small as it goes");
  auto options = std::make_shared<ShrinkOptions>();
  command->add_option("--seed", options->seed, "The one that fails")->capture_default_str();
  command->add_option("--schedule", options->schedule, "A file that fails, instead of a seed");
  command
      ->add_option("--out", options->out, "Where the minimal schedule goes; tests/sim/regressions/NAME.sched is a test")
      ->capture_default_str();
  command->add_option("--timeline", options->timeline, "Where an HTML page of the minimal run goes");
  command->add_option("--runs", options->runs, "At most so many")->capture_default_str();
  command->add_option("--seconds", options->seconds, "At most so long")->capture_default_str();
  add_store_option(*command, options->store);
  add_mutant_option(*command);
  command->callback([options, &exit_code] { exit_code = shrink(*options); });
}

}  // namespace starling::loadsim
