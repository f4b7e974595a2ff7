#include "server/core/session_table.h"

#include <utility>

#include "common/base/probe.h"

namespace starling::core {
namespace {
constexpr std::uint32_t kWheelSlots = 1024;  // a minute in one round
}

SessionTable::SessionTable(Turn& turn) : turn_(turn), wheel_(kWheelSlots, 0, NodeOf{&sessions_}) {}

Session& SessionTable::open(ConnId conn) {
  if (outflow_.size() <= conn.index) outflow_.resize(std::size_t{conn.index} + 1);
  sessions_.reach(conn.index);
  outflow_[conn.index] = {.generation = conn.generation};
  Session& session = sessions_[conn.index];
  session.open = true;
  ++turn_.counters.sessions;
  return session;
}

void SessionTable::forget(std::uint32_t index) {
  Session& session = sessions_[index];
  wheel_.disarm(index);
  if (session.lagging) --turn_.counters.sessions_lagging;
  session = Session{};
  outflow_[index].queued = 0;
  --turn_.counters.sessions;
}

Session* SessionTable::find(ConnId conn) {
  if (conn.index >= outflow_.size() || outflow_[conn.index].generation != conn.generation) return nullptr;
  Session& session = sessions_[conn.index];
  return session.open && !session.closing ? &session : nullptr;
}

void SessionTable::send(std::uint32_t index, ports::SharedFrame frame) {
  if (sessions_[index].closing) return;
  Outflow& flow = outflow_[index];
  flow.queued += static_cast<std::uint32_t>(frame.size());
  Effects& out = *turn_.out;
  out.sends.push_back(
      {.frame = std::move(frame), .first = static_cast<std::uint32_t>(out.recipients.size()), .count = 1});
  out.recipients.push_back({.index = index, .generation = flow.generation});
  if (flow.queued <= turn_.config.outbox_bytes_hard) return;
  probe(Probe::slow_disconnected);
  ++turn_.counters.slow_closed;
  close(index, CloseReason::SlowReader, "outbox full");
}

// ---- progress

std::uint32_t SessionTable::tick(Instant at) const {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  return static_cast<std::uint32_t>(ms / kTickMs);
}

void SessionTable::arm_wheel() {
  const std::uint32_t next = wheel_.next_tick();
  if (next == TimerNode::kNone) return;
  turn_.schedule.arm(Chore::Readers, Instant(std::chrono::milliseconds((std::int64_t{next} + 1) * kTickMs)));
}

/// A reader that lags has the deadline to read something, and as long has one that owes a Delivered.
void SessionTable::watch(std::uint32_t index) {
  const Session& session = sessions_[index];
  if (!session.lagging && !session.out_of_credit) {
    wheel_.disarm(index);
    return;
  }
  if (wheel_.armed() == 0) wheel_.advance(tick(turn_.now.at), [](std::uint32_t) {});
  wheel_.arm(index, tick(turn_.now.at + turn_.config.lagging_deadline));
  arm_wheel();
}

bool SessionTable::drained(std::uint32_t index, std::uint32_t bytes) {
  Outflow& flow = outflow_[index];
  flow.queued -= std::min(flow.queued, bytes);
  Session& session = sessions_[index];
  if (!session.lagging) return false;
  const bool low = flow.queued <= turn_.config.outbox_bytes_soft / 2;
  if (low) {
    session.lagging = false;
    --turn_.counters.sessions_lagging;
  }
  if (bytes > 0) watch(index);
  return low;
}

void SessionTable::lag(std::uint32_t index) {
  Session& session = sessions_[index];
  if (session.lagging) return;
  session.lagging = true;
  ++turn_.counters.lagging_entered;
  ++turn_.counters.sessions_lagging;
  watch(index);
}

void SessionTable::set_out_of_credit(std::uint32_t index, bool value) {
  Session& session = sessions_[index];
  if (session.out_of_credit == value) return;
  session.out_of_credit = value;
  watch(index);
}

void SessionTable::caught_up(std::uint32_t index) {
  if (--sessions_[index].catch_ups == 0) set_out_of_credit(index, false);
}

void SessionTable::expire_readers() {
  wheel_.advance(tick(turn_.now.at), [&](std::uint32_t index) {
    probe(Probe::slow_disconnected);
    ++turn_.counters.slow_closed;
    sessions_[index].left = true;
    close(index, CloseReason::SlowReader, "nothing read for too long");
  });
  arm_wheel();
}

void SessionTable::close(std::uint32_t index, CloseReason reason, std::string text) {
  Session& session = sessions_[index];
  if (session.closing) return;
  session.closing = true;
  closing_.push_back(index);
  turn_.out->closes.push_back({.conn = conn(index), .reason = reason, .text = std::move(text)});
}

}  // namespace starling::core
