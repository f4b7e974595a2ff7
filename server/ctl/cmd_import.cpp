#include "server/ctl/cmd_import.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "server/ctl/units.h"
#include "server/store/sqlite/data_dir.h"
#include "server/transfer/foreign.h"
#include "server/transfer/import.h"

namespace starling::ctl {
namespace {

struct ImportOptions {
  std::string file;
  std::string from = "starling";
  std::string lines;
  transfer::ImportPlan plan;
};

void print(const std::string& database, const transfer::ImportReport& report) {
  fmt::print("{}: {} rooms with {} events, {} users", database, grouped(report.rooms), grouped(report.events),
             grouped(report.users));
  if (report.rooms_existing != 0) fmt::print("; {} rooms were there", grouped(report.rooms_existing));
  fmt::print("\n");
  if (report.profiles_existing != 0) {
    fmt::print("not taken: names of {} users whose number or handle is taken\n", grouped(report.profiles_existing));
  }
}

void print(const transfer::Skipped& skipped) {
  for (const auto& [what, count] : skipped) fmt::print("not taken: {:>8} {}\n", grouped(count), what);
}

transfer::ForeignArchive archive_of(const app::Config& config, const ImportOptions& chosen) {
  return {.kind = chosen.from == "slack" ? transfer::ForeignKind::Slack : transfer::ForeignKind::Mattermost,
          .path = chosen.file,
          .scratch = config.data_dir};
}

int convert(const app::Config& config, const ImportOptions& chosen) {
  std::FILE* out = chosen.lines == "-" ? stdout : std::fopen(chosen.lines.c_str(), "wbx");
  if (out == nullptr) {
    return failed(fmt::format("cannot write {}: {}; name a new file in a directory that you may write to", chosen.lines,
                              std::strerror(errno)));
  }
  transfer::Skipped skipped;
  const auto converted = transfer::convert_archive(archive_of(config, chosen), out, skipped);
  if (out != stdout && std::fclose(out) != 0) return failed(fmt::format("cannot write {}", chosen.lines));
  if (!converted) return failed(fmt::format("{}: {}", chosen.file, converted.error()));
  if (out != stdout) print(skipped);
  return kExitOk;
}

int import_to(const transfer::Destination& to, const app::Config& config, const ImportOptions& chosen) {
  if (!chosen.lines.empty()) return convert(config, chosen);
  transfer::Skipped skipped;
  const auto report = chosen.from == "starling"
                          ? transfer::import_file(to, chosen.plan, chosen.file)
                          : transfer::import_archive(to, chosen.plan, archive_of(config, chosen), skipped);
  if (!report) return failed(fmt::format("{}: {}", chosen.file, report.error().text));
  print(to.path.empty() ? "PostgreSQL" : to.path, *report);
  print(skipped);
  return kExitOk;
}

int import(const Options& options, const ImportOptions& chosen) {
  const bool foreign = chosen.from != "starling";
  if (!foreign && !chosen.lines.empty()) {
    fmt::print(stderr, "starlingctl import: --lines goes with --from slack or --from mattermost\n");
    return kExitUsage;
  }
  if (foreign && chosen.file == "-") {
    fmt::print(stderr, "starlingctl import: --from {} reads a file, not standard input: save the archive and name it\n",
               chosen.from);
    return kExitUsage;
  }
  const app::Config config = config_of(options);
  if (const auto became = become_owner(config); !became) return failed(became.error());
  if (const auto readable = chosen.file == "-" ? Result<void, std::string>() : can_read(chosen.file); !readable) {
    return failed(readable.error());
  }
  if (config.store.is_shared()) {
    return import_to({.path = {}, .conninfo = config.store.postgres, .rooms = config.store.rooms}, config, chosen);
  }
  const auto lock = store::DataDir::open(config.data_dir);
  if (!lock) return failed(lock.error());
  return import_to({.path = config.database_path(), .conninfo = {}, .rooms = {}}, config, chosen);
}

}  // namespace

void add_import_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand(
      "import", "Make the rooms of an export, or of Slack's or Mattermost's; the server must be stopped");
  auto chosen = std::make_shared<ImportOptions>();
  command->add_option("FILE", chosen->file, "The export, - for standard input; or another system's archive")
      ->required();
  command
      ->add_option("--from", chosen->from, "Whose it is: starling (default), slack (a .zip or its folder), mattermost")
      ->check(CLI::IsMember({"starling", "slack", "mattermost"}));
  command->add_option("--lines", chosen->lines,
                      "Only turn another system's archive into lines of an export, to this file");
  command->add_flag("--resume", chosen->plan.resume, "Go on with an import that was broken off");
  command->add_flag("--add", chosen->plan.add, "The database may have other rooms");
  command->callback([chosen, &options] { options.exit_code = import(options, *chosen); });
}

}  // namespace starling::ctl
