#include "server/core/sends.h"

#include <utility>

#include "common/base/probe.h"

namespace starling::core {

void Sends::on(std::uint32_t index, wire::Send&& send) {
  ++turn_.counters.sends_received;
  Session& session = sessions_.at(index);
  const std::uint32_t cost = Budget::cost_of(turn_.config, send.body.size());
  if (const std::uint32_t wait_ms = session.sends.take(cost, turn_.now.at); wait_ms != 0)
    return busy(index, send, wait_ms);
  if (!links_.takes(sizeof(ports::Payload) + send.body.size())) {
    probe(Probe::store_queue_full_busy);
    return busy(index, send, turn_.busy_retry_ms());
  }
  if (send.renumbered) links_.cancel_attempts(sessions_.conn(index), send);
  const ShardId home = turn_.home(send.room);
  const std::uint64_t hash = wire::body_hash(send.body);
  links_.ask(home, ports::ForwardSend{.conn = sessions_.conn(index),
                                      .user = session.user,
                                      .device = session.device,
                                      .body_hash = hash,
                                      .send = std::move(send)});
}

void Sends::busy(std::uint32_t index, const wire::Send& send, std::uint32_t retry_after_ms) {
  ++turn_.counters.sends_busy;
  sessions_.send(index, wire::SendResult{.room = send.room,
                                         .cseq = send.cseq,
                                         .client_msg_id = send.client_msg_id,
                                         .status = wire::SendStatus::Busy,
                                         .retry_after_ms = retry_after_ms});
}

void Sends::on(ShardId from, const ports::SendAnswered& answered) {
  if (!links_.answered(from, answered.request)) return;
  switch (answered.result.status) {
    case wire::SendStatus::Busy:
      ++turn_.counters.sends_busy;
      break;
    case wire::SendStatus::Conflict:
    case wire::SendStatus::Forbidden:
    case wire::SendStatus::Rejected:
    case wire::SendStatus::RejectedBefore:
    case wire::SendStatus::NoSuchRoom:
    case wire::SendStatus::TooManyRooms:
      ++turn_.counters.sends_refused;
      break;
    case wire::SendStatus::Accepted:
    case wire::SendStatus::Duplicate:
    case wire::SendStatus::OutOfOrder:
    case wire::SendStatus::StaleEpoch:
      break;
  }
  if (sessions_.find(answered.conn) != nullptr) sessions_.send(answered.conn.index, answered.result);
}

}  // namespace starling::core
