#include "server/ctl/cmd_room.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "server/ctl/arguments.h"
#include "server/ctl/room_report.h"
#include "server/ctl/room_store.h"
#include "server/ctl/room_words.h"

namespace starling::ctl {
namespace {

struct ShowOptions {
  std::uint64_t room = 0;
  std::uint32_t events = 10;
  bool json = false;
};

int show(const Options& options, const ShowOptions& show) {
  const RoomStore rooms(config_of(options));
  const RoomId id(show.room);
  const auto room = rooms.room(id);
  if (!room) return failed(room.error());
  const auto check = rooms.check(id);
  if (!check) return failed(check.error());
  auto last = rooms.last_events(id, show.events);
  if (!last) return failed(last.error());
  const RoomReport report{.room = *room, .last = std::move(*last), .check = *check};
  std::fputs(show.json ? (to_json(report) + "\n").c_str() : to_text(report).c_str(), stdout);
  return check->good() ? kExitOk : kExitFailed;
}

std::string list_line(const store::RoomSummary& room) {
  return fmt::format("{:>20}  {:<6}  {:<7}  {:>8}  {:>10}  {}  {}\n", room.room.value, name_of(room.kind),
                     room.is_public ? "public" : "private", room.members, room.head.value - room.min_seq.value + 1,
                     iso(room.last_ts), printable(room.title));
}

std::string json_line(const store::RoomSummary& room) {
  const boost::json::object out{
      {"room", room.room.value},       {"kind", name_of(room.kind)}, {"title", room.title},
      {"public", room.is_public},      {"epoch", room.epoch.value},  {"head", room.head.value},
      {"min_seq", room.min_seq.value}, {"members", room.members},    {"last_time", iso(room.last_ts)}};
  return boost::json::serialize(out) + "\n";
}

int list(const Options& options, bool json) {
  bool first = true;
  const auto listed = RoomStore(config_of(options)).each([&](const store::RoomSummary& room) {
    if (first && !json) {
      fmt::print("{:>20}  {:<6}  {:<7}  {:>8}  {:>10}  {:<24}  {}\n", "room", "kind", "", "members", "events", "last",
                 "title");
    }
    first = false;
    std::fputs((json ? json_line(room) : list_line(room)).c_str(), stdout);
  });
  if (!listed) return failed(listed.error());
  if (first && !json) std::fputs("there is no room yet\n", stdout);
  return kExitOk;
}

std::string marks_of(const store::MemberView& member) {
  std::string marks;
  if (member.muted) marks += " muted";
  if (member.banned) marks += " banned";
  if (member.invited) marks += " invited";
  return marks;
}

int members(const Options& options, std::uint64_t room, bool json) {
  const RoomStore rooms(config_of(options));
  if (const auto shown = rooms.room(RoomId(room)); !shown) return failed(shown.error());
  const auto members = rooms.members(RoomId(room));
  if (!members) return failed(members.error());
  for (const store::MemberView& member : *members) {
    if (json) {
      const boost::json::object out{{"user", member.user.value},    {"handle", member.handle},
                                    {"role", name_of(member.role)}, {"join_seq", member.join_seq.value},
                                    {"muted", member.muted},        {"banned", member.banned},
                                    {"invited", member.invited}};
      std::fputs((boost::json::serialize(out) + "\n").c_str(), stdout);
    } else {
      fmt::print("user {:<20} {:<10} since event {:<10}{} {}\n", member.user.value, name_of(member.role),
                 member.join_seq.value, marks_of(member), printable(member.handle));
    }
  }
  return kExitOk;
}

void add_list_command(CLI::App& room, Options& options) {
  CLI::App* command = room.add_subcommand("list", "Print every room on a line");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "A line of JSON each");
  command->callback([json, &options] { options.exit_code = list(options, *json); });
}

void add_members_command(CLI::App& room, Options& options) {
  CLI::App* command = room.add_subcommand("members", "Print a room's members, and who is muted, banned or invited");
  auto number = std::make_shared<std::uint64_t>(0);
  auto json = std::make_shared<bool>(false);
  command->add_option("ROOM", *number, "The room's number")->required()->check(id());
  command->add_flag("--json", *json, "A line of JSON each");
  command->callback([number, json, &options] { options.exit_code = members(options, *number, *json); });
}

}  // namespace

void add_room_command(CLI::App& root, Options& options) {
  CLI::App* room = root.add_subcommand("room", "Rooms")->require_subcommand(1);
  add_list_command(*room, options);
  add_members_command(*room, options);
  CLI::App* command = room->add_subcommand("show", "Show a room, its members and last events, and verify its log");
  auto show_options = std::make_shared<ShowOptions>();
  command->add_option("ROOM", show_options->room, "The room's number")->required()->check(id());
  command->add_option("--events", show_options->events, "How many of the last events (default: 10)")
      ->check(whole_number(0, 1000));
  command->add_flag("--json", show_options->json, "One line of JSON");
  command->callback([show_options, &options] { options.exit_code = show(options, *show_options); });
}

}  // namespace starling::ctl
