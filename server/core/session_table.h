// The shard's sessions, by the dense index of their connection, and what flows out to them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/timer_wheel.h"
#include "server/core/session.h"
#include "server/core/slab.h"
#include "server/core/turn.h"

namespace starling::core {

class SessionTable {
 public:
  explicit SessionTable(Turn& turn);
  SessionTable(const SessionTable&) = delete;
  SessionTable& operator=(const SessionTable&) = delete;

  Session& open(ConnId conn);
  void forget(std::uint32_t index);

  /// Null for a connection that is not (any more) a session here.
  Session* find(ConnId conn);
  Session& at(std::uint32_t index) { return sessions_[index]; }
  ConnId conn(std::uint32_t index) const { return {.index = index, .generation = outflow_[index].generation}; }
  std::uint32_t index_end() const { return static_cast<std::uint32_t>(outflow_.size()); }

  // ---- out
  void send(std::uint32_t index, const wire::ServerFrame& frame) { send(index, turn_.encode(frame)); }
  void send(std::uint32_t index, ports::SharedFrame frame);
  /// The frame to all of `recipients` whose outbox is not above the soft limit; `lags(i)` is called for recipients[i]
  /// that is. It may remove that entry, and returns true when it did: another has taken its place.
  template <class Lags>
  void fan_out(std::vector<std::uint32_t>& recipients, const ports::SharedFrame& frame, Lags&& lags);
  std::uint32_t queued(std::uint32_t index) const { return outflow_[index].queued; }
  bool has_room(std::uint32_t index) const { return outflow_[index].queued < turn_.config.outbox_bytes_soft; }

  // ---- progress
  /// Returns true when the session lagged and does no more.
  bool drained(std::uint32_t index, std::uint32_t bytes);
  void lag(std::uint32_t index);
  void set_out_of_credit(std::uint32_t index, bool value);
  /// One room less that it is behind in. Who is behind in none owes no Delivered.
  void caught_up(std::uint32_t index);
  /// Closes the readers whose time is over.
  void expire_readers();

  // ---- end
  /// At the end of the turn; until then the session stays.
  void close(std::uint32_t index, CloseReason reason, std::string text);
  std::vector<std::uint32_t>& closing() { return closing_; }

 private:
  struct NodeOf {
    Chunked<Session>* sessions;
    TimerNode& operator()(std::uint32_t i) const { return (*sessions)[i].timer; }
  };
  static constexpr std::int64_t kTickMs = 64;
  std::uint32_t tick(Instant at) const;
  void watch(std::uint32_t index);
  void arm_wheel();

  Turn& turn_;
  Chunked<Session> sessions_;
  std::vector<Outflow> outflow_;
  TimerWheel<NodeOf> wheel_;
  std::vector<std::uint32_t> closing_;
};

template <class Lags>
void SessionTable::fan_out(std::vector<std::uint32_t>& recipients, const ports::SharedFrame& frame, Lags&& lags) {
  const std::uint32_t bytes = static_cast<std::uint32_t>(frame.size());
  const std::uint32_t soft = turn_.config.outbox_bytes_soft;
  std::vector<ConnId>& out = turn_.out->recipients;
  const std::size_t first = out.size();
  out.resize(first + recipients.size());
  ConnId* next = out.data() + first;
  for (std::size_t i = 0; i < recipients.size();) {
    const std::uint32_t index = recipients[i];
    Outflow& flow = outflow_[index];
    if (flow.queued > soft) [[unlikely]] {
      if (!lags(i)) ++i;
      continue;
    }
    flow.queued += bytes;
    *next++ = {.index = index, .generation = flow.generation};
    ++i;
  }
  out.resize(static_cast<std::size_t>(next - out.data()));
  const auto count = static_cast<std::uint32_t>(out.size() - first);
  if (count > 0)
    turn_.out->sends.push_back({.frame = frame, .first = static_cast<std::uint32_t>(first), .count = count});
}

}  // namespace starling::core
