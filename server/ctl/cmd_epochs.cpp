#include "server/ctl/cmd_epochs.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "server/ctl/arguments.h"
#include "server/ctl/units.h"
#include "server/store/postgres/raise_epochs.h"

namespace starling::ctl {
namespace {

/// More than this nobody has raised unseen, and epochs are to last.
constexpr std::uint64_t kByMax = 256;

/// Which of several databases; nothing: it names none of them.
std::optional<postgres::Part> part_named(const std::string& name, const postgres::Databases& databases) {
  if (name == "people") return databases.people.part;
  for (const postgres::Database& database : databases.parts) {
    if (name == std::to_string(database.part.number)) return database.part;
  }
  return std::nullopt;
}

int raise_epochs(const Options& options, std::uint64_t by, const std::string& only) {
  const app::Config config = config_of(options);
  if (!config.store.is_shared()) {
    return failed(
        "this server's store is SQLite, where 'starlingctl restore FILE' raises the epochs; the command is for "
        "PostgreSQL (store.postgres)");
  }
  const postgres::Databases databases(config.store.postgres, config.store.rooms);
  const auto part = only.empty() ? std::nullopt : part_named(only, databases);
  if (!only.empty() && (databases.one() || !part)) {
    return failed(
        fmt::format("--only {} names none of the databases: it is people, or a place in store.rooms, from 0 on", only));
  }
  const auto raised = postgres::raise_epochs(databases, by, part);
  if (!raised) return failed(raised.error());
  fmt::print("PostgreSQL: the epochs of {} rooms with {} events are raised by {}, so that clients notice\n",
             grouped(raised->rooms), grouped(raised->events), by);
  if (!databases.one()) {
    fmt::print("What rooms say of people is told anew when a node starts; {} rooms are lost and forgotten\n",
               grouped(raised->forgotten));
  }
  return kExitOk;
}

}  // namespace

void add_raise_epochs_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand(
      "raise-epochs", "Tell clients that a cluster's database has lost something; every node must be stopped");
  auto by = std::make_shared<std::uint64_t>(1);
  command->add_option("--by", *by, "More than what was raised in the time that is lost: 1 where this was not run in it")
      ->check(whole_number(1, kByMax));
  auto only = std::make_shared<std::string>();
  command->add_option(
      "--only", *only,
      "With store.rooms: the one that has lost something, people or a place in store.rooms (default: all)");
  command->callback([by, only, &options] { options.exit_code = raise_epochs(options, *by, *only); });
}

}  // namespace starling::ctl
