#include "server/ctl/room_report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <ctime>
#include <string_view>

#include "server/ctl/units.h"

namespace starling::ctl {
namespace {

std::string_view name_of(wire::EventKind kind) {
  using enum wire::EventKind;
  switch (kind) {
    case Message:
      return "message";
    case Edit:
      return "edit";
    case Delete:
      return "delete";
    case ReactionAdd:
      return "reaction add";
    case ReactionRemove:
      return "reaction remove";
    case MemberAdd:
      return "member add";
    case MemberRemove:
      return "member remove";
    case RoomTitle:
      return "room title";
    case RoomTopic:
      return "room topic";
    case RoomVisibility:
      return "room visibility";
    case RoomHistory:
      return "room history";
    case Pin:
      return "pin";
    case Unpin:
      return "unpin";
    case MemberInvite:
      return "member invite";
    case MemberMute:
      return "member mute";
    case MemberUnmute:
      return "member unmute";
    case MemberBan:
      return "member ban";
    case MemberUnban:
      return "member unban";
  }
  return "?";  // written by a newer version
}

std::string_view name_of(wire::Role role) {
  using enum wire::Role;
  switch (role) {
    case None:
      return "none";
    case Member:
      return "member";
    case Moderator:
      return "moderator";
    case Admin:
      return "admin";
    case Owner:
      return "owner";
  }
  return "?";
}

std::string_view name_of(wire::RoomKind kind) {
  switch (kind) {
    case wire::RoomKind::Group:
      return "group";
    case wire::RoomKind::Direct:
      return "direct";
  }
  return "?";
}

std::string iso(WallTime time) {
  const std::int64_t ms = to_ms(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(ms / 1000)), ms % 1000);
}

/// A title is a user's text: what could move the terminal's cursor is shown as '?'.
std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = '?';
  }
  return out;
}

std::string row(std::string_view label, std::string_view value) { return fmt::format("  {:<14}{}\n", label, value); }

std::string verdict(const LogCheck& check) {
  if (!check.good()) return fmt::format("DAMAGED: {}", check.fault);
  return fmt::format("{:016x}, dense, folded over {} events and compared with {} checkpoints", check.hash.value,
                     grouped(check.events), grouped(check.checkpoints));
}

boost::json::object json_of(const wire::Event& event) {
  return {{"seq", event.seq.value},       {"epoch", event.epoch.value},      {"kind", name_of(event.kind)},
          {"sender", event.sender.value}, {"device", event.device.value},    {"cseq", event.cseq.value},
          {"target", event.target.value}, {"subject", event.subject.value},  {"time", iso(event.ts)},
          {"bytes", event.body.size()},   {"erased", event.erased_hash != 0}};
}

}  // namespace

std::string to_text(const RoomReport& report) {
  const store::RoomView& room = report.room;
  std::string out = fmt::format("room {} \"{}\"\n", room.room.value, printable(room.title));
  out += row("kind", name_of(room.kind));
  out += row("epoch", fmt::format("{}", room.epoch.value));
  out += row("log", fmt::format("events {} to {}, {} messages, last at {}", room.min_seq.value, room.head.value,
                                grouped(room.msg_no), iso(room.last_ts)));
  out += row("prefix hash", verdict(report.check));
  out += row("devices", fmt::format("{} have sent", grouped(room.devices)));
  out += fmt::format("members {}\n", room.members.size());
  for (const ports::Member& member : room.members) {
    out += fmt::format("  user {:<20} {:<10} since event {}\n", member.user.value, name_of(member.role),
                       member.join_seq.value);
  }
  if (!report.last.empty()) out += "last events\n";
  for (const wire::Event& event : report.last) {
    out += fmt::format("  {:>8}  {}  {:<15} user {} device {} cseq {}", event.seq.value, iso(event.ts),
                       name_of(event.kind), event.sender.value, event.device.value, event.cseq.value);
    if (event.target) out += fmt::format(" of {}", event.target.value);
    if (event.subject) out += fmt::format(" of user {}", event.subject.value);
    out += event.erased_hash != 0 ? ", erased\n" : fmt::format(", {}\n", in_bytes(event.body.size()));
  }
  return out;
}

std::string to_json(const RoomReport& report) {
  const store::RoomView& room = report.room;
  boost::json::array members;
  for (const ports::Member& member : room.members) {
    members.push_back(
        {{"user", member.user.value}, {"role", name_of(member.role)}, {"join_seq", member.join_seq.value}});
  }
  boost::json::array last;
  for (const wire::Event& event : report.last) last.push_back(json_of(event));
  boost::json::object out{{"room", room.room.value},
                          {"kind", name_of(room.kind)},
                          {"title", room.title},
                          {"epoch", room.epoch.value},
                          {"head", room.head.value},
                          {"min_seq", room.min_seq.value},
                          {"messages", room.msg_no},
                          {"last_time", iso(room.last_ts)},
                          {"devices", room.devices},
                          {"prefix_hash", fmt::format("{:016x}", report.check.hash.value)},
                          {"checkpoints_compared", report.check.checkpoints},
                          {"verified", report.check.good()},
                          {"members", std::move(members)},
                          {"last_events", std::move(last)}};
  if (!report.check.good()) out["fault"] = report.check.fault;
  return boost::json::serialize(out);
}

}  // namespace starling::ctl
