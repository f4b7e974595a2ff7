// Short words for what the contract's tests do to a room.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/contract/store/subject.h"

namespace starling::contract {

inline constexpr RoomId kRoom{70};
inline constexpr UserId kOwner{1};
inline constexpr UserId kAda{2};
inline constexpr UserId kBob{3};
inline constexpr UserId kStranger{9};
inline constexpr WallTime kNoon = wall_from_ms(1'700'000'000'000);

/// A user's only device in these tests.
constexpr DeviceId device_of(UserId user) { return DeviceId(user.value * 100); }

inline ports::CommitRow row(UserId user, std::uint32_t cseq, std::string body = "hello") {
  ports::CommitRow row{.user = user,
                       .device = device_of(user),
                       .cseq = Cseq(cseq),
                       .client_msg_id = ClientMsgId(user.value * 1'000'000 + cseq),
                       .body_hash = wire::body_hash(body)};
  row.body = std::move(body);
  return row;
}
inline ports::CommitRow row(UserId user, std::uint32_t cseq, wire::EventKind kind, std::uint64_t target,
                            std::string body = {}) {
  ports::CommitRow made = row(user, cseq, std::move(body));
  made.kind = kind;
  made.target = Seq(target);
  return made;
}
inline ports::CommitRow member_row(UserId user, std::uint32_t cseq, wire::EventKind kind, UserId subject,
                                   wire::Role role = wire::Role::None) {
  ports::CommitRow made = row(user, cseq, std::string());
  made.kind = kind;
  made.subject = subject;
  made.role = role;
  return made;
}

inline ports::CommitBatch batch(std::vector<ports::CommitRow> rows, Epoch epoch = Epoch(1), RoomId room = kRoom) {
  return {.room = room, .epoch = epoch, .now = kNoon, .rows = std::move(rows)};
}

inline ports::CreateRoom group(std::vector<UserId> members, std::uint64_t request_id = 1, RoomId proposed = kRoom) {
  return {.user = kOwner,
          .device = device_of(kOwner),
          .request_id = request_id,
          .proposed = proposed,
          .title = "harbour",
          .members = std::move(members),
          .now = kNoon};
}

}  // namespace starling::contract
