#include "loadsim/app/cmd_sabotage.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "loadsim/app/exit_codes.h"
#include "loadsim/app/planted_bug.h"
#include "loadsim/app/seed_workers.h"
#include "loadsim/app/store_option.h"
#include "loadsim/sim/swarm.h"

namespace starling::loadsim {
namespace {

#if defined(STARLING_MUTANTS)

/// Planted without --full, others each day: what every test run has time for.
constexpr std::size_t kOfADay = 5;
/// Where the searches begin: one lucky seed says little.
constexpr std::array<std::uint64_t, 5> kStarts{1, 10'001, 20'001, 30'001, 40'001};

struct SabotageOptions {
  std::uint64_t seeds = 200;
  std::string only;
  bool full = false;
  unsigned jobs = 2;
};

/// One bug: the seeds that each search took (0: not caught), and what caught it.
struct Hunt {
  std::array<std::uint64_t, kStarts.size()> needed{};
  std::vector<std::string> caught_by;

  bool caught() const {
    return std::all_of(needed.begin(), needed.end(), [](std::uint64_t n) { return n != 0; });
  }
  std::uint64_t median() const {
    auto sorted = needed;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }
};

/// Seeds from `from` on until one breaks a promise; `inputs` of the report tells how many were needed.
sim::RunReport search(std::uint64_t from, std::uint64_t seeds, sim::StoreKind store) {
  sim::RunReport report;
  for (std::uint64_t n = 1; n <= seeds; ++n) {
    report = sim::run(sim::swarm(from + n - 1, store));
    report.inputs = n;
    if (report.violations != 0) break;
  }
  return report;
}

/// Task t is start t % kStarts.size() of bug t / kStarts.size().
std::vector<Hunt> hunt(const std::vector<Mutant>& bugs, const SabotageOptions& options) {
  std::vector<Hunt> hunts(bugs.size());
  const std::uint64_t tasks = bugs.size() * kStarts.size();
  for_each_seed(
      {0, tasks}, options.jobs, static_cast<unsigned>(60 + 4 * options.seeds),
      [&](std::uint64_t task) {
        chosen_mutant = bugs[task / kStarts.size()];
        sim::RunReport report = search(kStarts[task % kStarts.size()], options.seeds, store_for(chosen_mutant));
        report.seed = task;
        return report;
      },
      [&](const sim::RunReport& report) {
        if (report.violations == 0) return true;
        Hunt& h = hunts[report.seed / kStarts.size()];
        // A child that died tripped an assertion: that is a catch, in an unknown number of seeds.
        h.needed[report.seed % kStarts.size()] = std::max<std::uint64_t>(1, report.inputs);
        const std::string by(name_of(report.first.front().guarantee));
        if (std::find(h.caught_by.begin(), h.caught_by.end(), by) == h.caught_by.end()) h.caught_by.push_back(by);
        return true;
      });
  return hunts;
}

void print(Mutant bug, const Hunt& h) {
  const std::string_view name = name_of(bug);
  std::printf("%-30.*s %s, seeds", static_cast<int>(name.size()), name.data(), h.caught() ? "caught" : "NOT CAUGHT");
  for (const std::uint64_t n : h.needed) std::printf(" %llu", static_cast<unsigned long long>(n));
  std::printf(", median %llu, by", static_cast<unsigned long long>(h.median()));
  for (const std::string& by : h.caught_by) std::printf(" %s", by.c_str());
  std::printf("\n");
}

std::vector<Mutant> chosen(const SabotageOptions& options) {
  if (!options.only.empty()) return {planted_bug(options.only)};
  std::vector<Mutant> bugs(kPlanted.begin(), kPlanted.end());
  if (options.full) return bugs;
  const auto day = static_cast<std::uint64_t>(std::time(nullptr)) / 86'400;
  std::rotate(bugs.begin(), bugs.begin() + static_cast<std::ptrdiff_t>(day * kOfADay % bugs.size()), bugs.end());
  bugs.resize(kOfADay);
  return bugs;
}

int sabotage(const SabotageOptions& options) {
  const std::vector<Mutant> bugs = chosen(options);
  const std::vector<Hunt> hunts = hunt(bugs, options);
  std::size_t caught = 0;
  for (std::size_t i = 0; i < bugs.size(); ++i) {
    print(bugs[i], hunts[i]);
    caught += hunts[i].caught() ? 1 : 0;
  }
  std::printf("{\"planted\":%zu,\"caught\":%zu}\n", bugs.size(), caught);
  return caught == bugs.size() ? kExitPass : kExitUsage;
}

#endif

}  // namespace

void add_sabotage_command(CLI::App& root, int& exit_code) {
  CLI::App* command = root.add_subcommand("sabotage", "Plant bugs and see each caught by the simulator");
#if defined(STARLING_MUTANTS)
  auto options = std::make_shared<SabotageOptions>();
  command->add_option("--seeds", options->seeds, "At most so many for each search")->capture_default_str();
  auto* full = command->add_flag("--full", options->full, "Plant all of them; without: five, others each day");
  command->add_option("--only", options->only, "One bug, as in M4")->excludes(full);
  command->add_option("--jobs", options->jobs, "Processes")->capture_default_str()->check(CLI::Range(1, 64));
  command->callback([options, &exit_code] { exit_code = sabotage(*options); });
#else
  command->allow_extras();
  command->callback([&exit_code] {
    std::fprintf(stderr, "no bugs are planted in this build: ./dev sabotage builds the one where they are\n");
    exit_code = kExitUsage;
  });
#endif
}

}  // namespace starling::loadsim
