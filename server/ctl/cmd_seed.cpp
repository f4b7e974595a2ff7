#include "server/ctl/cmd_seed.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>

#include "server/ctl/arguments.h"
#include "server/ctl/units.h"
#include "server/store/postgres/seed.h"
#include "server/store/sqlite/data_dir.h"
#include "server/store/sqlite/seed.h"

namespace starling::ctl {
namespace {

void print(const std::string& database, const store::SeedReport& report) {
  fmt::print("{}: {} rooms made with {} members, {} rooms were there\n", database, grouped(report.rooms_made),
             grouped(report.members), grouped(report.rooms_existing));
}

int seed(const Options& options, store::SeedPlan plan) {
  const app::Config config = config_of(options);
  plan.now = wall_now();
  if (config.store.is_shared()) {
    const auto report = postgres::seed(postgres::Databases(config.store.postgres, config.store.rooms), plan);
    if (!report) return failed(report.error());
    print("PostgreSQL", *report);
    return kExitOk;
  }
  if (const auto became = become_owner(config); !became) return failed(became.error());
  if (const auto made = store::DataDir::make(config.data_dir); !made) return failed(made.error());
  const auto report = store::seed(config.database_path(), plan);
  if (!report) return failed(report.error());
  print(config.database_path(), *report);
  return kExitOk;
}

}  // namespace

void add_seed_command(CLI::App& root, Options& options) {
  CLI::App* command =
      root.add_subcommand("seed", "Make rooms 1 to M with members among users 1 to N, where they are not yet");
  auto plan = std::make_shared<store::SeedPlan>();
  const CLI::Validator some = whole_number(1, 100'000'000);
  command->add_option("--users", plan->users, "How many users")->required()->check(some);
  command->add_option("--rooms", plan->rooms, "How many rooms")->required()->check(some);
  command->add_option("--members", plan->members_per_room, "Members of a room (default: 100, or all users)")
      ->check(some);
  command->add_option("--first-user", plan->first_user, "The first user's number (default: 1)")->check(some);
  command->add_flag("--people", plan->people, "Give users and rooms names, for a demonstration");
  command->add_option("--seed", plan->seed, "Whom chance puts together (default: 1)")->check(whole_number(0));
  command->callback([plan, &options] { options.exit_code = seed(options, *plan); });
}

}  // namespace starling::ctl
