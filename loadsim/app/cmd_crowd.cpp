#include "loadsim/app/cmd_crowd.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "loadsim/app/exit_codes.h"
#include "loadsim/app/planted_bug.h"
#include "loadsim/app/scenario_input.h"
#include "loadsim/crowd/crowd.h"
#include "loadsim/load/process_figures.h"

namespace starling::loadsim {
namespace {

/// What a shard may be told to keep.
constexpr int kKeptKbMax = 1024 * 1024;

/// What is demanded of a run; 0: nothing.
struct Bars {
  std::uint64_t deliveries = 0;
  std::uint64_t deliveries_per_cpu_s = 0;
  std::uint64_t rss_bytes_per_user = 0;
  std::uint64_t wall_s = 0;
};

struct CrowdOptions {
  std::string scenario;
  std::uint64_t seed = 1;
  std::uint32_t clusters = 25;
  std::uint32_t nodes = 2;
  std::uint32_t shards = 2;
  std::uint32_t tail_kb = 64;
  std::uint32_t page_kb = 64;
  Bars bars;
};

/// What the process held at its highest.
std::uint64_t peak_resident_bytes() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
}

void print_progress(Instant now, const crowd::Tally& tally) {
  const double cpu_s = static_cast<double>(load::cpu_used_us()) / 1e6;
  fmt::print(stderr, "{:4} s: {} deliveries, {} logins, {:.0f} s of CPU, {} MB\n",
             now.time_since_epoch() / std::chrono::seconds(1), tally.deliveries, tally.logins, cpu_s,
             load::resident_kb() / 1024);
}

std::string table(const crowd::Report& report) {
  const crowd::Tally& t = report.tally;
  return fmt::format(
      "events in the logs {}, sends {} ({} said again), acknowledged {}, refused {}\n"
      "deliveries {}, skipped by resets {}, shown before {}, before a Sync {}, lost in flight {}\n"
      "logins {}, pages of history {}, inputs to shards {}\n"
      "connections killed {}, cut {}; envelopes {}, dropped {}; replies of the store lost {}\n"
      "{:.1f} s of made-up time, trace {:016x}\n",
      report.events, t.sends, t.resends, t.acks, t.refused, t.deliveries, t.skipped, t.again, t.unsynced,
      t.lost_in_flight, t.logins, t.pages, t.inputs, t.killed, t.cut, t.envelopes, t.envelopes_dropped, t.replies_lost,
      std::chrono::duration<double>(report.lasted).count(), report.trace);
}

/// Says which bars were missed.
bool meets(const Bars& bars, std::uint64_t deliveries, double per_cpu_s, std::uint64_t rss, double wall_s) {
  bool all = true;
  const auto require = [&](bool good, const char* what, double got, std::uint64_t bar) {
    if (bar == 0 || good) return;
    fmt::print("missed: {} {:.0f}, the bar is {}\n", what, got, bar);
    all = false;
  };
  require(deliveries >= bars.deliveries, "deliveries", static_cast<double>(deliveries), bars.deliveries);
  require(per_cpu_s >= static_cast<double>(bars.deliveries_per_cpu_s), "deliveries a CPU second", per_cpu_s,
          bars.deliveries_per_cpu_s);
  require(rss <= bars.rss_bytes_per_user, "bytes a user", static_cast<double>(rss), bars.rss_bytes_per_user);
  require(wall_s <= static_cast<double>(bars.wall_s), "seconds", wall_s, bars.wall_s);
  return all;
}

int run(const CrowdOptions& given) {
  auto scenario = read_scenario(given.scenario);
  if (!scenario) {
    fmt::print(stderr, "{}\n", scenario.error());
    return kExitUsage;
  }
  crowd::Options options{.seed = given.seed,
                         .scenario = std::move(*scenario),
                         .clusters = given.clusters,
                         .nodes = given.nodes,
                         .shards = given.shards};
  options.config.tail_bytes_per_shard = given.tail_kb * 1024;
  options.config.page_cache_bytes = given.page_kb * 1024;
  const std::vector<std::string> refusals = crowd::refusals(options);
  for (const std::string& each : refusals) fmt::print(stderr, "{}\n", each);
  if (!refusals.empty()) return kExitUsage;
  const std::uint32_t users = options.scenario.users;
  const auto begin = std::chrono::steady_clock::now();
  crowd::Report report;
  {
    crowd::Crowd crowd(std::move(options));
    report = crowd.run(print_progress);
    fmt::print("{}", table(report));
    for (const check::Violation& each : report.first) fmt::print("  {}\n", to_string(each));
    std::fflush(stdout);
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  const double cpu_s = static_cast<double>(load::cpu_used_us()) / 1e6;
  const double per_cpu_s = static_cast<double>(report.tally.deliveries) / cpu_s;
  const std::uint64_t rss = peak_resident_bytes() / users;
  for (const std::string& each : report.idle_faults) fmt::print("'{}' struck nothing\n", each);
  const bool good =
      report.idle_faults.empty() && meets(given.bars, report.tally.deliveries, per_cpu_s, rss, wall.count());
  fmt::print(
      "{{\"users\":{},\"deliveries\":{},\"deliveries_per_cpu_s\":{:.0f},\"rss_bytes_per_user\":{},\"wall_s\":{:.1f},"
      "\"violations\":{}}}\n",
      users, report.tally.deliveries, per_cpu_s, rss, wall.count(), report.violations);
  if (report.violations != 0) return kExitViolated;
  return good ? kExitPass : kExitObjectiveMissed;
}

}  // namespace

void add_crowd_command(CLI::App& root, int& exit_code) {
  CLI::App* command =
      root.add_subcommand("crowd", "Simulate a scenario's users by the million on many of the servers' own shards");
  auto options = std::make_shared<CrowdOptions>();
  command->add_option("scenario", options->scenario, "A file")->required();
  command->add_option("--seed", options->seed, "Of all chance")->capture_default_str();
  command->add_option("--clusters", options->clusters, "Which know nothing of each other")->capture_default_str();
  command->add_option("--nodes", options->nodes, "Servers of each cluster")->capture_default_str();
  command->add_option("--shards", options->shards, "Of each server")->capture_default_str();
  command->add_option("--tail-kb", options->tail_kb, "What a shard keeps of its rooms' newest events")
      ->check(CLI::Range(0, kKeptKbMax))
      ->capture_default_str();
  command->add_option("--page-kb", options->page_kb, "What a shard keeps of pages read for those who catch up")
      ->check(CLI::Range(0, kKeptKbMax))
      ->capture_default_str();
  command->add_option("--deliveries-min", options->bars.deliveries, "Bar: that many at the least");
  command->add_option("--per-cpu-s-min", options->bars.deliveries_per_cpu_s, "Bar: deliveries a second of CPU time");
  command->add_option("--bytes-max", options->bars.rss_bytes_per_user, "Bar: peak of resident memory a user");
  command->add_option("--wall-s-max", options->bars.wall_s, "Bar: how long it may take");
  add_mutant_option(*command);
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace starling::loadsim
