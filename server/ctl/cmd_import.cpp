#include "server/ctl/cmd_import.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "server/ctl/units.h"
#include "server/store/data_dir.h"
#include "server/transfer/import.h"

namespace starling::ctl {
namespace {

struct ImportOptions {
  std::string file;
  transfer::ImportPlan plan;
};

void print(const std::string& database, const transfer::ImportReport& report) {
  fmt::print("{}: {} rooms with {} events, {} users", database, grouped(report.rooms), grouped(report.events),
             grouped(report.users));
  if (report.rooms_existing != 0) fmt::print("; {} rooms were there", grouped(report.rooms_existing));
  fmt::print("\n");
  if (report.profiles_dropped != 0) {
    fmt::print("not taken: names of {} users, which this database has no accounts for\n",
               grouped(report.profiles_dropped));
  }
}

int import(const Options& options, const ImportOptions& chosen) {
  const app::Config config = config_of(options);
  if (const auto became = become_owner(config); !became) return failed(became.error());
  const auto lock = store::DataDir::open(config.data_dir);
  if (!lock) return failed(lock.error());
  const auto report = transfer::import_file(config.database_path(), chosen.plan, chosen.file);
  if (!report) return failed(fmt::format("{}: {}", chosen.file, report.error().text));
  print(config.database_path(), *report);
  return kExitOk;
}

}  // namespace

void add_import_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand("import", "Make the rooms of an export; the server must be stopped");
  auto chosen = std::make_shared<ImportOptions>();
  command->add_option("FILE", chosen->file, "The export, - for standard input")->required();
  command->add_flag("--resume", chosen->plan.resume, "Go on with an import that was broken off");
  command->add_flag("--add", chosen->plan.add, "The database may have other rooms");
  command->callback([chosen, &options] { options.exit_code = import(options, *chosen); });
}

}  // namespace starling::ctl
