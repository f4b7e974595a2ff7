#include "server/ctl/cmd_status.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "server/ctl/http_address.h"
#include "server/ctl/status_report.h"
#include "server/store/sqlite/inspect.h"

namespace starling::ctl {
namespace {

namespace fs = std::filesystem;

struct StatusOptions {
  std::string url;
  bool json = false;
};

DatabaseFigures look_into(const app::Config& config) {
  if (config.store.is_shared())
    return {.path = "PostgreSQL", .problem = "its figures are in /metrics (starling_store_…)"};
  DatabaseFigures figures{.path = config.database_path()};
  std::error_code error;
  const fs::space_info space = fs::space(config.data_dir, error);
  if (!error) figures.disk_free_bytes = space.available;
  if (!fs::exists(figures.path, error)) {
    figures.problem = "there is none yet; starlingd makes it at its first start";
    return figures;
  }
  const auto totals = store::totals(figures.path);
  if (!totals) {
    figures.problem = totals.error();
    return figures;
  }
  figures.schema = static_cast<std::uint32_t>(totals->schema);
  figures.users = totals->users;
  figures.rooms = totals->rooms;
  figures.events = totals->events;
  figures.bytes = totals->bytes;
  return figures;
}

int status(const Options& options, const StatusOptions& status) {
  const app::Config config = config_of(options);
  const auto address = status.url.empty() ? address_of(config) : parse_url(status.url);
  if (!address) return failed(address.error());
  const auto ready = http_get(*address, "/readyz");
  const auto metrics = ready ? http_get(*address, "/metrics") : ready;
  const std::int64_t now_s = to_ms(wall_now()) / 1000;
  StatusReport report = judge(address->url(), ready, metrics, now_s);
  // A URL alone may name a server anywhere; the database of this directory need not be its.
  if (status.url.empty() || !options.config_path.empty()) report.database = look_into(config);
  std::fputs(status.json ? (to_json(report) + "\n").c_str() : to_text(report).c_str(), stdout);
  return report.ready() ? kExitOk : kExitFailed;
}

}  // namespace

void add_status_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand("status", "Is the server ready? Exits with 0 when it is, else with 1");
  auto status_options = std::make_shared<StatusOptions>();
  command->add_option("--url", status_options->url, "Where to ask (default: where the configuration listens)");
  command->add_flag("--json", status_options->json, "One line of JSON");
  command->callback([status_options, &options] { options.exit_code = status(options, *status_options); });
}

}  // namespace starling::ctl
