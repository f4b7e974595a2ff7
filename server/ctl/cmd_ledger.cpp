#include "server/ctl/cmd_ledger.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "server/ctl/room_ids.h"
#include "server/store/postgres/ledger.h"
#include "server/store/sqlite/inspect.h"

namespace starling::ctl {
namespace {

Result<std::string, std::string> read_text(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path);
  std::istream& in = path == "-" ? std::cin : file;
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) return tl::unexpected(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  return text;
}

int ledger(const Options& options, const std::string& rooms_path) {
  std::vector<RoomId> rooms;
  if (!rooms_path.empty()) {
    const auto text = read_text(rooms_path);
    if (!text) return failed(text.error());
    const auto parsed = parse_room_ids(*text);
    if (!parsed) return failed(fmt::format("{}: {}", rooms_path, parsed.error()));
    // No room at all is not every room.
    if (parsed->empty()) return failed(fmt::format("{} names no room; leave --rooms out for all of them", rooms_path));
    rooms = *parsed;
  }
  const app::Config config = config_of(options);
  const postgres::Databases databases(config.store.postgres, config.store.rooms);
  const auto dumped = config.store.is_shared() ? postgres::dump_ledger(databases, rooms, stdout)
                                               : store::dump_ledger(config.database_path(), rooms, stdout);
  if (!dumped) return failed(dumped.error());
  if (std::fflush(stdout) != 0) return failed(fmt::format("cannot write: {}", std::strerror(errno)));
  return kExitOk;
}

}  // namespace

void add_ledger_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand("ledger", "Print the log of rooms as tab-separated lines, without bodies");
  auto rooms = std::make_shared<std::string>();
  command->add_option("--rooms", *rooms, "File with the rooms' numbers, - for standard input (default: all rooms)");
  command->callback([rooms, &options] { options.exit_code = ledger(options, *rooms); });
}

}  // namespace starling::ctl
