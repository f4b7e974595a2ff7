#include "server/ctl/cmd_backup.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "server/ctl/units.h"
#include "server/store/sqlite/backup.h"

namespace starling::ctl {
namespace {

namespace fs = std::filesystem;

struct BackupOptions {
  std::string to;
  bool force = false;
};

int backup(const Options& options, const BackupOptions& backup) {
  const app::Config config = config_of(options);
  if (config.store.is_shared()) {
    return failed(
        "this server's store is PostgreSQL, whose backup is its own: pg_basebackup -D FOLDER -X stream -c fast -d "
        "CONNINFO, then pg_verifybackup FOLDER, and the keys of a node; see docs/OPERATIONS.md, A backup of "
        "PostgreSQL");
  }
  const std::string from = config.database_path();
  std::error_code error;
  if (backup.to.empty()) return failed("FILE is empty; name a file for the copy");
  const fs::file_status target = fs::status(backup.to, error);
  if (fs::is_directory(target)) return failed(fmt::format("{} is a directory; name a file in it", backup.to));
  if (fs::exists(target) && !backup.force) {
    return failed(fmt::format("{} exists and is left as it is; name another file, or give --force", backup.to));
  }
  const fs::path folder = fs::absolute(backup.to).parent_path();
  if (!fs::is_directory(folder, error))
    return failed(fmt::format("there is no directory {}; make it first", folder.string()));
  if (fs::equivalent(from, backup.to, error)) return failed(fmt::format("{} is the database itself", backup.to));
  const auto report = store::backup(from, backup.to);
  if (!report) return failed(report.error());
  fmt::print("{}: {} rooms with {} events, {}, verified\n", backup.to, grouped(report->rooms), grouped(report->events),
             in_bytes(report->bytes));
  return kExitOk;
}

}  // namespace

void add_backup_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand("backup", "Copy the database while the server runs, and verify the copy");
  auto backup_options = std::make_shared<BackupOptions>();
  command->add_option("FILE", backup_options->to, "Where the copy goes")->required();
  command->add_flag("--force", backup_options->force, "Replace the file when it exists, once the copy is verified");
  command->callback([backup_options, &options] { options.exit_code = backup(options, *backup_options); });
}

}  // namespace starling::ctl
