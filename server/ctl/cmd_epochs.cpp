#include "server/ctl/cmd_epochs.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>

#include "server/ctl/arguments.h"
#include "server/ctl/units.h"
#include "server/store/postgres/raise_epochs.h"

namespace starling::ctl {
namespace {

/// More than this nobody has raised unseen, and epochs are to last.
constexpr std::uint64_t kByMax = 256;

int raise_epochs(const Options& options, std::uint64_t by) {
  const app::Config config = config_of(options);
  if (!config.store.is_shared()) {
    return failed(
        "this server's store is SQLite, where 'starlingctl restore FILE' raises the epochs; the command is for "
        "PostgreSQL (store.postgres)");
  }
  const auto raised = postgres::raise_epochs(config.store.postgres, by);
  if (!raised) return failed(raised.error());
  fmt::print("PostgreSQL: the epochs of {} rooms with {} events are raised by {}, so that clients notice\n",
             grouped(raised->rooms), grouped(raised->events), by);
  return kExitOk;
}

}  // namespace

void add_raise_epochs_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand(
      "raise-epochs", "Tell clients that a cluster's database has lost something; every node must be stopped");
  auto by = std::make_shared<std::uint64_t>(1);
  command->add_option("--by", *by, "More than what was raised in the time that is lost: 1 where this was not run in it")
      ->check(whole_number(1, kByMax));
  command->callback([by, &options] { options.exit_code = raise_epochs(options, *by); });
}

}  // namespace starling::ctl
