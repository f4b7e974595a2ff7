#include "server/transfer/event_line.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "common/wire/body.h"

namespace starling::transfer {
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
      return "reaction_add";
    case ReactionRemove:
      return "reaction_remove";
    case MemberAdd:
      return "member_add";
    case MemberRemove:
      return "member_remove";
    case RoomTitle:
      return "room_title";
    case RoomTopic:
      return "room_topic";
    case RoomVisibility:
      return "room_visibility";
    case RoomHistory:
      return "room_history";
    case Pin:
      return "pin";
    case Unpin:
      return "unpin";
    case MemberInvite:
      return "member_invite";
    case MemberMute:
      return "member_mute";
    case MemberUnmute:
      return "member_unmute";
    case MemberBan:
      return "member_ban";
    case MemberUnban:
      return "member_unban";
  }
  return {};
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
  return {};
}

template <class Enum>
Enum named(std::string_view what, std::string_view name, Enum first, Enum last) {
  for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
    if (name_of(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  refuse(fmt::format("its {} \"{}\" is unknown to this program: install a newer one", what, name));
}

template <class IdType>
IdType narrow(Fields& fields, std::string_view name) {
  const std::uint64_t value = fields.u64_or(name, 0);
  const auto fitting = static_cast<typename IdType::rep>(value);
  if (fitting != value) refuse(fmt::format("its field \"{}\" is too large", name));
  return IdType(fitting);
}

}  // namespace

void write_event(JsonLine& line, const wire::Event& event) {
  line.count("seq", event.seq.value);
  line.count("epoch", event.epoch.value);
  const std::string_view kind = name_of(event.kind);
  if (kind.empty())
    refuse(fmt::format("event {} was written by a newer version: use its starlingctl", event.seq.value));
  line.text("kind", kind);
  line.id("sender", event.sender.value);
  if (event.device) line.id("device", event.device.value);
  if (event.cseq) line.count("cseq", event.cseq.value);
  if (event.client_msg_id) line.id("client_msg_id", event.client_msg_id.value);
  line.number("ts_ms", to_ms(event.ts));
  line.count("msg_no", event.msg_no);
  if (event.target) line.count("target", event.target.value);
  if (event.thread) line.count("thread", event.thread.value);
  if (event.subject) line.id("subject", event.subject.value);
  if (event.role != wire::Role::None) line.text("role", name_of(event.role));
  if (event.erased_hash != 0) line.hash("erased_hash", event.erased_hash);
  if (!event.body.empty()) line.bytes("body", event.body);
}

wire::Event read_event(Fields& fields, RoomId room) {
  using enum wire::EventKind;
  wire::Event event{.room = room,
                    .epoch = narrow<Epoch>(fields, "epoch"),
                    .seq = narrow<Seq>(fields, "seq"),
                    .kind = named("kind", fields.text("kind"), Message, wire::kLastEventKind),
                    .sender = narrow<UserId>(fields, "sender"),
                    .device = narrow<DeviceId>(fields, "device"),
                    .cseq = narrow<Cseq>(fields, "cseq"),
                    .client_msg_id = narrow<ClientMsgId>(fields, "client_msg_id"),
                    .ts = wall_from_ms(static_cast<std::int64_t>(fields.u64("ts_ms"))),
                    .msg_no = fields.u64("msg_no"),
                    .target = narrow<Seq>(fields, "target"),
                    .thread = narrow<Seq>(fields, "thread"),
                    .subject = narrow<UserId>(fields, "subject"),
                    .role = fields.has("role") ? named("role", fields.text("role"), wire::Role::None, wire::Role::Owner)
                                               : wire::Role::None,
                    .erased_hash = fields.hash_or("erased_hash", 0),
                    .body = fields.bytes("body")};
  fields.done();
  if (event.erased_hash != 0 && !event.body.empty()) refuse("it has a body though a deletion erased it");
  if (event.erased_hash == 0 && !wire::check_body(event.kind, event.body)) {
    refuse("its body is longer than, or none of what, its kind may have");
  }
  return event;
}

}  // namespace starling::transfer
