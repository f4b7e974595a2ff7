#include "server/ctl/cmd_retention.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "server/ctl/arguments.h"
#include "server/ctl/room_words.h"
#include "server/ctl/units.h"
#include "server/store/postgres/retention.h"
#include "server/store/sqlite/retention.h"

namespace starling::ctl {
namespace {

struct RetentionOptions {
  std::string older_than;
  std::vector<std::uint64_t> rooms;
  bool dry_run = false;
};

int retention(const Options& options, const RetentionOptions& chosen) {
  const auto age = parse_age(chosen.older_than);
  if (!age) {
    fmt::print(stderr,
               "starlingctl retention: --older-than '{}' is no age: give a number and s, min, h, d or w, as in 90d\n",
               chosen.older_than);
    return kExitUsage;
  }
  const app::Config config = config_of(options);
  const bool shared = config.store.is_shared();
  if (!shared) {
    if (const auto became = become_owner(config); !became) return failed(became.error());
  }
  store::RetentionPlan plan{.older_than = wall_now() - std::chrono::seconds(*age), .dry_run = chosen.dry_run};
  for (const std::uint64_t room : chosen.rooms) plan.rooms.emplace_back(room);
  const postgres::Databases databases(config.store.postgres, config.store.rooms);
  const auto report = shared ? postgres::cut_logs(databases, plan) : store::cut_logs(config.database_path(), plan);
  if (!report) return failed(report.error());
  fmt::print("{}: {} {} events from before {}, of {} rooms out of {}", shared ? "PostgreSQL" : config.database_path(),
             chosen.dry_run ? "would cut" : "cut", grouped(report->events), iso(plan.older_than),
             grouped(report->rooms_cut), grouped(report->rooms));
  if (report->slices != 0) {
    fmt::print("; {} slices, the longest held {} for {} ms", grouped(report->slices),
               shared ? "a room" : "the database", report->longest_ms);
  }
  fmt::print("\n");
  return kExitOk;
}

}  // namespace

void add_retention_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand("retention", "Cut old events off the fronts of logs; the server may run");
  auto chosen = std::make_shared<RetentionOptions>();
  command->add_option("--older-than", chosen->older_than, "Events older than this go, as in 90d")->required();
  command->add_option("--room", chosen->rooms, "Only this room; may be given more than once (default: all)")
      ->check(id());
  command->add_flag("--dry-run", chosen->dry_run, "Only count");
  command->callback([chosen, &options] { options.exit_code = retention(options, *chosen); });
}

}  // namespace starling::ctl
