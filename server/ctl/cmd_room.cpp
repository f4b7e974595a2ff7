#include "server/ctl/cmd_room.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "server/ctl/room_report.h"

namespace starling::ctl {
namespace {

struct ShowOptions {
  std::uint64_t room = 0;
  std::uint32_t events = 10;
  bool json = false;
};

int show(const Options& options, const ShowOptions& show) {
  const std::string path = config_of(options).database_path();
  const RoomId id(show.room);
  const auto room = store::room_show(path, id);
  if (!room) return failed(room.error());
  if (!room->exists) return failed(fmt::format("there is no room {}", show.room));
  const auto check = check_log(path, id);
  if (!check) return failed(check.error());
  auto last = last_events(path, id, show.events);
  if (!last) return failed(last.error());
  const RoomReport report{.room = *room, .last = std::move(*last), .check = *check};
  std::fputs(show.json ? (to_json(report) + "\n").c_str() : to_text(report).c_str(), stdout);
  return check->good() ? kExitOk : kExitFailed;
}

}  // namespace

void add_room_command(CLI::App& root, Options& options) {
  CLI::App* room = root.add_subcommand("room", "Rooms")->require_subcommand(1);
  CLI::App* command = room->add_subcommand("show", "Show a room, its members and last events, and verify its log");
  auto show_options = std::make_shared<ShowOptions>();
  command->add_option("ROOM", show_options->room, "The room's number")->required();
  command->add_option("--events", show_options->events, "How many of the last events (default: 10)")
      ->check(CLI::Range(0, 1000));
  command->add_flag("--json", show_options->json, "One line of JSON");
  command->callback([show_options, &options] { options.exit_code = show(options, *show_options); });
}

}  // namespace starling::ctl
