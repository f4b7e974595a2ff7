// Which keys may connect: the answering side of ZAP (ZeroMQ RFC 27). Without it libzmq takes any key.
#pragma once

#include <set>
#include <string>
#include <zmq.hpp>

#include "server/bus/config.h"

namespace starling::bus {

inline constexpr const char* kZapDomain = "starling";

/// Of the bus's thread. There is one in a context, made before whatever it guards.
class Gatekeeper {
 public:
  explicit Gatekeeper(zmq::context_t& context);

  void allow(std::set<Key> keys) { keys_ = std::move(keys); }
  /// Readable when somebody knocks.
  zmq::socket_t& socket() { return socket_; }

  struct Knock {
    bool accepted = false;
    std::string address;
    std::string key;  // as text; empty: none
  };
  /// Answers one; false when nobody knocks.
  bool answer(Knock& knock);

 private:
  zmq::socket_t socket_;
  std::set<Key> keys_;
};

}  // namespace starling::bus
