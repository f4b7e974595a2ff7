#include "server/ctl/room_report.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <string_view>

#include "server/ctl/room_words.h"
#include "server/ctl/units.h"

namespace starling::ctl {
namespace {

std::string row(std::string_view label, std::string_view value) { return fmt::format("  {:<14}{}\n", label, value); }

std::string verdict(const store::LogCheck& check) {
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
