#include "server/ctl/cmd_restore.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "server/ctl/units.h"
#include "server/store/sqlite/backup.h"
#include "server/store/sqlite/data_dir.h"

namespace starling::ctl {
namespace {

int restore(const Options& options, const std::string& from) {
  const app::Config config = config_of(options);
  if (config.store.is_shared()) {
    return failed(
        "this server's store is PostgreSQL, whose backup is put in place by hand: stop every node, move the data "
        "aside, "
        "copy the backup there, start it, and run starlingctl raise-epochs before any node; step by step in "
        "docs/OPERATIONS.md, A backup of PostgreSQL");
  }
  if (const auto became = become_owner(config); !became) return failed(became.error());
  if (const auto readable = can_read(from); !readable) return failed(readable.error());
  if (const auto made = store::DataDir::make(config.data_dir); !made) return failed(made.error());
  const auto report = store::restore(from, config.database_path());
  if (!report) return failed(report.error());
  fmt::print("{}: {} rooms with {} events, from {}; their epochs are raised, so that clients notice\n",
             config.database_path(), grouped(report->rooms), grouped(report->events), from);
  if (!report->kept.empty()) fmt::print("what was there is kept: {}\n", report->kept);
  return kExitOk;
}

}  // namespace

void add_restore_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand("restore", "Make a backup the database; the server must be stopped");
  auto from = std::make_shared<std::string>();
  command->add_option("FILE", *from, "The backup")->required();
  command->callback([from, &options] { options.exit_code = restore(options, *from); });
}

}  // namespace starling::ctl
