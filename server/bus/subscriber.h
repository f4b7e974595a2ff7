// What one peer says to this node.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>
#include <zmq.hpp>

#include "server/bus/config.h"
#include "server/bus/counters.h"
#include "server/bus/message.h"
#include "server/bus/monitor.h"

namespace starling::bus {

/// Of the bus's thread.
class Subscriber {
 public:
  /// `number` is of no other socket in the context, ever. Throws zmq::error_t when the peer's endpoint is none.
  Subscriber(zmq::context_t& context, const Config& config, const Peer& peer, std::uint64_t number, Counters& counters);

  /// The next message, if there is one: its posts, or why it is not taken.
  std::optional<Result<std::vector<ports::Post>, Refusal>> take();
  /// What has happened to the connection, if anything has.
  std::optional<Monitor::Event> look() { return monitor_.next(); }

  zmq::socket_t& socket() { return socket_; }
  zmq::socket_t& events() { return monitor_.socket(); }

 private:
  Counters& counters_;
  zmq::socket_t socket_;
  Monitor monitor_;
  Unpacker unpacker_;
};

}  // namespace starling::bus
