#include "server/ctl/cmd_migrate.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "server/store/postgres/migrate.h"
#include "server/store/sqlite/data_dir.h"
#include "server/store/sqlite/migrate.h"

namespace starling::ctl {
namespace {

void print(const std::string& database, int from, int to) {
  const std::string what = from == to  ? fmt::format("schema {} is current", to)
                           : from == 0 ? fmt::format("made, with schema {}", to)
                                       : fmt::format("from schema {} to {}", from, to);
  fmt::print("{}: {}\n", database, what);
}

int migrate(const Options& options) {
  const app::Config config = config_of(options);
  if (config.store.is_shared()) {
    const postgres::Databases databases(config.store.postgres, config.store.rooms);
    for (const postgres::Database& database : databases.all()) {
      const auto report = postgres::prepare(database);
      if (!report) return failed(report.error().text);
      print(databases.one() ? "PostgreSQL" : "PostgreSQL, " + postgres::text_of(database.part), report->from,
            report->to);
    }
    return kExitOk;
  }
  if (const auto became = become_owner(config); !became) return failed(became.error());
  if (const auto made = store::DataDir::make(config.data_dir); !made) return failed(made.error());
  const auto report = store::migrate(config.database_path());
  if (!report) return failed(report.error());
  print(config.database_path(), report->from, report->to);
  return kExitOk;
}

}  // namespace

void add_migrate_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand("migrate", "Make the database, or bring its schema up to date");
  command->callback([&options] { options.exit_code = migrate(options); });
}

}  // namespace starling::ctl
