// A room's log, made up.
#pragma once

#include <string>

#include "client-qt/cache/ops.h"

namespace starling::qt::testing {

inline constexpr RoomId kRoom{0x10};
inline constexpr UserId kMe{7};
inline constexpr UserId kAnn{8};
inline constexpr UserId kBo{9};
inline constexpr DeviceId kDevice{70};

inline wire::Event message(std::uint64_t seq, UserId sender, std::string body, Seq target = {}) {
  return {.room = kRoom,
          .epoch = Epoch(1),
          .seq = Seq(seq),
          .kind = wire::EventKind::Message,
          .sender = sender,
          .device = DeviceId(sender.value * 10),
          .cseq = Cseq(static_cast<std::uint32_t>(seq)),
          .client_msg_id = ClientMsgId(seq * 1000),
          .ts = wall_from_ms(1'700'000'000'000 + static_cast<std::int64_t>(seq) * 1000),
          .msg_no = seq,
          .target = target,
          .body = std::move(body)};
}

inline wire::Event change(std::uint64_t seq, wire::EventKind kind, UserId sender, std::uint64_t target,
                          std::string body = {}) {
  wire::Event event = message(seq, sender, std::move(body), Seq(target));
  event.kind = kind;
  return event;
}

inline wire::Event member(std::uint64_t seq, UserId sender, UserId subject, wire::Role role = wire::Role::Member) {
  wire::Event event = message(seq, sender, "");
  event.kind = role == wire::Role::None ? wire::EventKind::MemberRemove : wire::EventKind::MemberAdd;
  event.subject = subject;
  event.role = role;
  return event;
}

inline client::RoomState state_at(std::uint64_t seq, std::uint32_t last_cseq = 0) {
  return {.room = kRoom,
          .cursor = {.epoch = Epoch(1), .seq = Seq(seq), .hash = PrefixHash(seq)},
          .floor = Seq(seq),
          .last_cseq = Cseq(last_cseq)};
}

inline StoreEvent stored(wire::Event event) {
  const std::uint64_t seq = event.seq.value;
  return {.event = std::move(event), .state = state_at(seq)};
}

inline wire::Send waiting(std::uint32_t cseq, std::string body) {
  return {.room = kRoom, .cseq = Cseq(cseq), .client_msg_id = ClientMsgId(5000 + cseq), .body = std::move(body)};
}

}  // namespace starling::qt::testing
