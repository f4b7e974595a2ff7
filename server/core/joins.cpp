#include "server/core/joins.h"

#include <algorithm>
#include <utility>

namespace starling::core {
namespace {

constexpr std::size_t kWaitingMax = 256;  // per shard: nobody joins rooms by the second

wire::JoinStatus status_of(wire::SendStatus status, bool decline) {
  switch (status) {
    case wire::SendStatus::Accepted:
      return decline ? wire::JoinStatus::Declined : wire::JoinStatus::Joined;
    case wire::SendStatus::Duplicate:
      return wire::JoinStatus::Already;
    case wire::SendStatus::NoSuchRoom:
      return wire::JoinStatus::NoSuchRoom;
    case wire::SendStatus::TooManyRooms:
      return wire::JoinStatus::TooManyRooms;
    case wire::SendStatus::OutOfOrder:
    case wire::SendStatus::StaleEpoch:
    case wire::SendStatus::Busy:
      return wire::JoinStatus::Busy;
    case wire::SendStatus::Conflict:
    case wire::SendStatus::Forbidden:
    case wire::SendStatus::Rejected:
    case wire::SendStatus::RejectedBefore:
      break;
  }
  return wire::JoinStatus::Forbidden;
}

}  // namespace

void Joins::on(std::uint32_t index, const wire::JoinRoom& join) {
  Session& session = sessions_.at(index);
  const ConnId conn = sessions_.conn(index);
  if (const std::uint32_t wait_ms = session.sends.take(1, turn_.now.at); wait_ms != 0) {
    return answer(conn, join, wire::JoinStatus::Busy, wait_ms);
  }
  std::erase_if(waiting_, [&](const Waiting& w) { return sessions_.find(w.conn) == nullptr; });
  if (waiting_.size() >= kWaitingMax || !links_.takes(0)) {
    return answer(conn, join, wire::JoinStatus::Busy, turn_.busy_retry_ms());
  }
  wire::Send send{.room = join.room,
                  .kind = join.decline ? wire::EventKind::MemberRemove : wire::EventKind::MemberAdd,
                  .subject = session.user,
                  .role = join.decline ? wire::Role::None : wire::Role::Member,
                  .body = {}};
  const std::uint64_t hash = wire::body_hash(send.body);
  const ports::RequestId request = links_.ask(
      turn_.home(join.room),
      ports::ForwardSend{
          .conn = conn, .user = session.user, .device = DeviceId(), .body_hash = hash, .send = std::move(send)});
  waiting_.push_back({.request = request, .conn = conn, .join = join});
}

void Joins::on(ShardId from, const ports::SendAnswered& answered) {
  if (!links_.answered(from, answered.request)) return;
  const auto at = std::ranges::find(waiting_, answered.request, &Waiting::request);
  if (at == waiting_.end()) return;
  const Waiting done = *at;
  waiting_.erase(at);
  answer(done.conn, done.join, status_of(answered.result.status, done.join.decline), answered.result.retry_after_ms);
}

void Joins::answer(ConnId conn, const wire::JoinRoom& join, wire::JoinStatus status, std::uint32_t retry_after_ms) {
  if (sessions_.find(conn) == nullptr) return;
  const bool busy = status == wire::JoinStatus::Busy;
  sessions_.send(conn.index, wire::RoomJoined{.request_id = join.request_id,
                                              .room = join.room,
                                              .status = status,
                                              .retry_after_ms = busy ? std::max(retry_after_ms, 1u) : 0});
}

}  // namespace starling::core
