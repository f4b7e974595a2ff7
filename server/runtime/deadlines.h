// How long a peer may take: one intrusive timer a connection, armed for the nearest of its deadlines. Traffic does not
// move the timer; when it fires too early it is armed again, so a busy connection costs one look every 25 s.
#pragma once

#include <cstdint>

#include "common/base/time.h"
#include "common/base/timer_wheel.h"
#include "server/runtime/config.h"
#include "server/runtime/connection_table.h"

namespace starling::runtime {

enum class Overdue : std::uint8_t {
  Nothing,
  Upgrade,
  Answer,
  Hello,
  Message,  // started and not finished
  Silent,   // long enough for a ping
  Dead,     // silent in spite of it
  WriteStalled,
  CloseHandshake,
  Expired,  // the credential it came in with
};

class Deadlines {
 public:
  static constexpr Duration kTick = 100ms;

  Deadlines(ConnectionTable& table, const Timeouts& timeouts, Instant start)
      : wheel_(1024, 1, NodeOf{&table}), table_(table), timeouts_(timeouts), start_(start) {}

  /// Call before anything else in a turn.
  void set_now(Instant now) { now_tick_ = tick_at(now); }
  std::uint32_t now_tick() const { return now_tick_; }

  /// Begins a phase; also sets when it must be over.
  void enter(Connection& c, Phase phase);
  void heard(Connection& c) {
    c.heard = now_tick_;
    c.pinged_at = 0;
  }
  /// A message has started, or the one that had is whole.
  void message(Connection& c, bool started);
  void stalled(Connection& c, bool is_stalled);
  /// What is overdue may be among what was not read yet: this shard is late, and not the peer. Judged again with the next tick.
  void put_off(Connection& c);
  /// The credential it came in with is good for this long from now on.
  void expires_in(Connection& c, Duration left);
  void forget(Connection& c) { wheel_.disarm(c.id.index); }

  /// Calls on_overdue(Connection&, Overdue) for each that is; it may destroy any connection.
  template <class OnOverdue>
  void expire(OnOverdue&& on_overdue) {
    wheel_.advance(now_tick_, [&](std::uint32_t index) {
      Connection& c = table_.at(index);
      const ConnId id = c.id;
      const Overdue overdue = judge(c);
      if (overdue == Overdue::Silent) c.pinged_at = now_tick_;
      if (overdue != Overdue::Nothing) on_overdue(c, overdue);
      if (Connection* still = table_.find(id); still != nullptr && !still->timer.armed()) arm(*still);
    });
  }

  /// When to call expire() next; kNever when no connection is open.
  Instant next() const;

 private:
  struct NodeOf {
    ConnectionTable* table;
    TimerNode& operator()(std::uint32_t index) const { return table->at(index).timer; }
  };

  std::uint32_t tick_at(Instant at) const { return static_cast<std::uint32_t>((at - start_) / kTick) + 1; }
  static std::uint32_t ticks(Duration d) { return static_cast<std::uint32_t>((d + kTick - Duration(1)) / kTick); }
  std::uint32_t due(const Connection& c) const;
  std::uint32_t silence_due(const Connection& c) const;
  Overdue judge(const Connection& c) const;
  void arm(Connection& c) { wheel_.arm(c.id.index, due(c)); }

  TimerWheel<NodeOf> wheel_;
  ConnectionTable& table_;
  Timeouts timeouts_;
  Instant start_;
  std::uint32_t now_tick_ = 1;
};

}  // namespace starling::runtime
