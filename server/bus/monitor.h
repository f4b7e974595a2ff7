// What happens to the connections of a socket.
#pragma once

#include <cstdint>
#include <optional>
#include <zmq.hpp>

namespace starling::bus {

class Monitor {
 public:
  /// `number` is of no other monitor in the context, ever. The socket is watched from now on, and outlives this.
  Monitor(zmq::context_t& context, zmq::socket_t& socket, std::uint64_t number);

  /// libzmq's thread waits for whoever is to be told, for ever when nobody listens any more: so first it is to tell nothing.
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  zmq::socket_t& socket() { return events_; }

  enum class Event : std::uint8_t {
    Connected = 1,  // and each has the key that the other expects
    Disconnected,
    RefusedByPeer,    // which does not know this node's key
    HandshakeFailed,  // the other does not have the key that it should have, or is no bus
    BrokenOff,        // in the middle of a handshake, without a word; so also a peer that has another key than expected
  };
  /// Nothing has happened, or something else.
  std::optional<Event> next();

 private:
  void* watched_;
  zmq::socket_t events_;
};

}  // namespace starling::bus
