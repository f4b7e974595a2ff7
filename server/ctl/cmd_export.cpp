#include "server/ctl/cmd_export.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "server/ctl/arguments.h"
#include "server/ctl/units.h"
#include "server/store/sqlite/folder.h"
#include "server/transfer/export.h"

namespace starling::ctl {
namespace {

namespace fs = std::filesystem;

struct ExportOptions {
  std::vector<std::uint64_t> rooms;
  std::string out = "-";
  bool force = false;
};

Result<transfer::ExportReport, std::string> export_to(const app::Config& config, const transfer::ExportPlan& plan,
                                                      std::FILE* out) {
  if (!config.store.is_shared()) return transfer::export_sqlite(config.database_path(), plan, out);
  return transfer::export_postgres({config.store.postgres, config.store.rooms}, plan, out);
}

/// Beside its place until it is whole, so that a file with the name is an export to its end.
int export_to_file(const app::Config& config, const transfer::ExportPlan& plan, const std::string& out) {
  const std::string draft = out + ".part";
  std::FILE* file = std::fopen(draft.c_str(), "wb");
  if (file == nullptr) {
    return failed(fmt::format("cannot write {}: {}; name a file in a directory that you may write to", draft,
                              std::strerror(errno)));
  }
  const auto report = export_to(config, plan, file);
  const bool synced = report && ::fsync(::fileno(file)) == 0;
  const bool closed = std::fclose(file) == 0;
  std::error_code error;
  if (!report || !synced || !closed) {
    const std::string why = report ? fmt::format("cannot write {}: {}", draft, std::strerror(errno)) : report.error();
    fs::remove(draft, error);
    return failed(why);
  }
  fs::rename(draft, out, error);
  if (error) return failed(fmt::format("cannot give {} its name: {}", draft, error.message()));
  store::sync_folder(store::folder_of(out));
  fmt::print("{}: {} rooms with {} events, {} users\n", out, grouped(report->rooms), grouped(report->events),
             grouped(report->users));
  return kExitOk;
}

int export_all(const Options& options, const ExportOptions& chosen) {
  const app::Config config = config_of(options);
  transfer::ExportPlan plan{.now = wall_now(), .program = "starlingctl " STARLING_VERSION};
  for (const std::uint64_t room : chosen.rooms) plan.rooms.emplace_back(room);
  if (chosen.out.empty()) return failed("--out is empty; name a file, or - for standard output");
  if (chosen.out == "-") {
    const auto report = export_to(config, plan, stdout);
    return report ? kExitOk : failed(report.error());
  }
  std::error_code error;
  if (fs::is_directory(chosen.out, error))
    return failed(fmt::format("{} is a directory; name a file in it", chosen.out));
  if (fs::exists(chosen.out, error) && !chosen.force) {
    return failed(fmt::format("{} exists and is left as it is; name another file, or give --force", chosen.out));
  }
  return export_to_file(config, plan, chosen.out);
}

}  // namespace

void add_export_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand("export", "Write rooms, users and logs as JSON lines while the server runs");
  auto chosen = std::make_shared<ExportOptions>();
  command->add_option("--room", chosen->rooms, "Only this room; may be given more than once")->check(id());
  command->add_option("--out", chosen->out, "Where it goes (default: -, standard output)");
  command->add_flag("--force", chosen->force, "Replace the file when it exists, once the export is whole");
  command->callback([chosen, &options] { options.exit_code = export_all(options, *chosen); });
}

}  // namespace starling::ctl
