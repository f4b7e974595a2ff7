#include "server/runtime/deadlines.h"

#include <algorithm>

namespace starling::runtime {

void Deadlines::enter(Connection& c, Phase phase) {
  c.phase = phase;
  switch (phase) {
    case Phase::Upgrading:
      c.heard = now_tick_;
      c.phase_due = now_tick_ + ticks(timeouts_.upgrade);
      break;
    case Phase::Answering:
      c.phase_due = now_tick_ + ticks(timeouts_.answer);
      break;
    case Phase::Greeting:
      c.phase_due = now_tick_ + ticks(timeouts_.hello);
      break;
    case Phase::Open:
      c.phase_due = 0;
      break;
    case Phase::Closing:
      c.phase_due = now_tick_ + ticks(timeouts_.close_handshake);
      break;
  }
  arm(c);
}

void Deadlines::message(Connection& c, bool started) {
  if (started == (c.message_due != 0)) return;
  c.message_due = started ? now_tick_ + ticks(timeouts_.message) : 0;
  if (started && c.message_due < c.timer.tick) arm(c);
}

void Deadlines::stalled(Connection& c, bool is_stalled) {
  if (is_stalled == (c.stalled_since != 0)) return;
  c.stalled_since = is_stalled ? now_tick_ : 0;
  if (is_stalled && due(c) < c.timer.tick) arm(c);
}

void Deadlines::put_off(Connection& c) {
  const std::uint32_t next = now_tick_ + 1;
  if (c.phase != Phase::Open) {
    c.phase_due = std::max(c.phase_due, next);
  } else {
    if (c.message_due != 0) c.message_due = std::max(c.message_due, next);
    if (c.pinged_at != 0 && silence_due(c) < next) c.pinged_at += next - silence_due(c);
  }
}

void Deadlines::expires_in(Connection& c, Duration left) {
  constexpr Duration kNotInOurTime = std::chrono::hours(24 * 365);
  c.expires_due = left > kNotInOurTime ? 0 : now_tick_ + ticks(left + timeouts_.after_expiry);
  if (c.expires_due != 0 && due(c) < c.timer.tick) arm(c);
}

/// When it is to be pinged, or given up. A ping that went out late is waited for as long as any other: it was not the peer that was late.
std::uint32_t Deadlines::silence_due(const Connection& c) const {
  if (c.pinged_at == 0) return c.heard + ticks(timeouts_.ping_after);
  return c.pinged_at + ticks(timeouts_.dead_after - timeouts_.ping_after);
}

std::uint32_t Deadlines::due(const Connection& c) const {
  if (c.phase != Phase::Open) return c.phase_due;
  std::uint32_t due = silence_due(c);
  if (c.message_due != 0) due = std::min(due, c.message_due);
  if (c.expires_due != 0) due = std::min(due, c.expires_due);
  if (c.stalled_since != 0) due = std::min(due, c.stalled_since + ticks(timeouts_.write_stall));
  return due;
}

Overdue Deadlines::judge(const Connection& c) const {
  switch (c.phase) {
    case Phase::Upgrading:
      return now_tick_ >= c.phase_due ? Overdue::Upgrade : Overdue::Nothing;
    case Phase::Answering:
      return now_tick_ >= c.phase_due ? Overdue::Answer : Overdue::Nothing;
    case Phase::Greeting:
      return now_tick_ >= c.phase_due ? Overdue::Hello : Overdue::Nothing;
    case Phase::Closing:
      return now_tick_ >= c.phase_due ? Overdue::CloseHandshake : Overdue::Nothing;
    case Phase::Open:
      break;
  }
  if (c.expires_due != 0 && now_tick_ >= c.expires_due) return Overdue::Expired;
  if (c.stalled_since != 0 && now_tick_ >= c.stalled_since + ticks(timeouts_.write_stall)) return Overdue::WriteStalled;
  if (c.message_due != 0 && now_tick_ >= c.message_due) return Overdue::Message;
  if (now_tick_ >= silence_due(c)) return c.pinged_at == 0 ? Overdue::Silent : Overdue::Dead;
  return Overdue::Nothing;
}

Instant Deadlines::next() const {
  const std::uint32_t tick = wheel_.next_tick();
  return tick == TimerNode::kNone ? kNever : start_ + kTick * (tick - 1);
}

}  // namespace starling::runtime
