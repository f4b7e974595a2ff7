// Writes what is queued: one gathered system call a connection and turn, in the order in which connections became
// dirty, and only so many a turn that reads are never starved. Owner: the shard's thread.
#pragma once

#include <cstdint>
#include <vector>

#include "server/ports/shared_frame.h"
#include "server/runtime/connection_table.h"
#include "server/runtime/poller.h"
#include "server/runtime/stats.h"

namespace starling::runtime {

class Writer {
 public:
  Writer(ConnectionTable& table, Poller& poller, Stats& stats, std::uint32_t writes_per_turn_max)
      : table_(table), poller_(poller), stats_(stats), writes_per_turn_max_(writes_per_turn_max) {}

  void queue(Connection& c, ports::SharedFrame frame);

  bool anything_dirty() const { return next_ < dirty_.size(); }

  /// What became of a connection in a flush.
  struct Flushed {
    Connection& connection;
    std::uint32_t payload = 0;  // bytes of core frames that left
    bool progressed = false;
    bool broken = false;  // the socket is dead
  };
  /// Writes up to the turn's share of dirty connections and calls flushed(const Flushed&) for each; flushed() may
  /// destroy the connection. Returns true when some are left.
  template <class OnFlushed>
  bool flush(OnFlushed&& flushed) {
    for (std::uint32_t writes = 0; writes < writes_per_turn_max_ && anything_dirty(); ++writes) {
      Connection* c = next_dirty();
      if (c != nullptr) flushed(write(*c));
    }
    return anything_dirty();
  }

  /// The descriptor can be written to again: it joins the dirty ones.
  void writable(Connection& c);

 private:
  Flushed write(Connection& c);
  Connection* next_dirty();
  void block(Connection& c);

  ConnectionTable& table_;
  Poller& poller_;
  Stats& stats_;
  std::uint32_t writes_per_turn_max_;
  std::vector<ConnId> dirty_;
  std::size_t next_ = 0;
};

}  // namespace starling::runtime
