#include "server/core/creations.h"

#include <algorithm>
#include <utility>

namespace starling::core {
namespace {
constexpr std::size_t kInFlightMax = 256;  // per shard: each may be 256 members
}

void Creations::on(std::uint32_t index, const wire::CreateRoom& create) {
  Session& session = sessions_.at(index);
  CreateCall call{.conn = sessions_.conn(index),
                  .request = {.user = session.user,
                              .device = session.device,
                              .request_id = create.request_id,
                              .proposed = RoomId(turn_.rng.next() | 1),
                              .kind = create.kind,
                              .rooms_per_user_max = turn_.config.rooms_per_user_max,
                              .title = create.title,
                              .now = turn_.now.wall}};
  for (const UserId member : create.members) {
    const bool known =
        member == session.user || std::ranges::find(call.request.members, member) != call.request.members.end();
    if (member && !known) call.request.members.push_back(member);
  }
  if (create.kind == wire::RoomKind::Direct && call.request.members.size() != 1) {
    return answer(call, wire::CreateStatus::Rejected, RoomId());
  }
  if (const std::uint32_t wait_ms = session.sends.take(1, turn_.now.at); wait_ms != 0) return busy(call, wait_ms);
  const bool full = in_flight_ >= kInFlightMax || !links_.takes(0);
  if (full || turn_.may_be_replaced()) return busy(call, turn_.busy_retry_ms());  // out by now, it could tell nobody
  ++in_flight_;
  ports::CreateRoom request = call.request;
  store_.submit(std::move(request), std::move(call));
}

void Creations::answer(const CreateCall& call, wire::CreateStatus status, RoomId room) {
  if (status == wire::CreateStatus::Busy) return busy(call, turn_.busy_retry_ms());
  if (sessions_.find(call.conn) == nullptr) return;
  sessions_.send(call.conn.index,
                 wire::RoomCreated{.request_id = call.request.request_id, .status = status, .room = room});
}

void Creations::busy(const CreateCall& call, std::uint32_t retry_after_ms) {
  if (sessions_.find(call.conn) == nullptr) return;
  sessions_.send(call.conn.index, wire::RoomCreated{.request_id = call.request.request_id,
                                                    .status = wire::CreateStatus::Busy,
                                                    .retry_after_ms = retry_after_ms});
}

void Creations::made(CreateCall&& call, const ports::StoreCompletion& done) {
  call.outcome_unknown = call.outcome_unknown || done.status == ports::StoreStatus::Unknown;
  const bool decided = done.status == ports::StoreStatus::Ok || done.status == ports::StoreStatus::Stopped;
  if (call.outcome_unknown && !decided) {
    retries_.push_back(std::move(call));
    return turn_.schedule.arm(Chore::StoreRetry, turn_.now.at + turn_.config.store_retry);
  }
  --in_flight_;
  const auto* made = std::get_if<ports::RoomMade>(&done.result);
  if (done.status == ports::StoreStatus::Stopped) return;
  if (done.status != ports::StoreStatus::Ok || made == nullptr) {
    return answer(call, wire::CreateStatus::Busy, RoomId());
  }
  answer(call, made->status, made->room);
  if (made->status != wire::CreateStatus::Created && made->status != wire::CreateStatus::Existed) return;
  // Also when it existed: the process may have died between the commit and the notices.
  std::vector<UserId> members = std::move(call.request.members);
  members.push_back(call.request.user);
  for (const UserId member : members) {
    links_.ask(turn_.home(member), ports::MembershipChanged{.user = member, .room = made->room});
  }
}

void Creations::retry() {
  for (CreateCall& call : std::exchange(retries_, {})) {
    ports::CreateRoom request = call.request;
    store_.submit(std::move(request), std::move(call));
  }
}

}  // namespace starling::core
