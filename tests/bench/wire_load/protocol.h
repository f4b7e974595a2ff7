// What is spoken over a connection. Two are: the server's, and the floors' bare records.
#pragma once

#include <cstddef>
#include <span>

#include "common/base/time.h"
#include "tests/bench/wire_load/peer.h"
#include "tests/bench/wire_load/timers.h"

namespace starling::bench {

class Protocol {
 public:
  Protocol() = default;
  Protocol(const Protocol&) = delete;
  Protocol& operator=(const Protocol&) = delete;
  virtual ~Protocol() = default;

  /// The TCP connection is up.
  virtual void connected(Peer& peer, Instant now) = 0;
  /// Bytes that the peer read, in the shared buffer.
  virtual void received(Peer& peer, std::span<std::byte> bytes, Instant now) = 0;
  /// The connection has ended.
  virtual void disconnected(Peer& peer) = 0;
  virtual void due(Peer& peer, Due due, Instant now) = 0;
  /// Sends a message that was meant to go at `intended` to the peer's first room. False: its fill is in flight.
  virtual bool send(Peer& peer, Instant intended) = 0;
};

}  // namespace starling::bench
