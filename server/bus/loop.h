// The bus's thread: everything that libzmq is asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "server/base/complaints.h"
#include "server/bus/gatekeeper.h"
#include "server/bus/publisher.h"
#include "server/bus/shared.h"
#include "server/bus/subscriber.h"

namespace starling::bus {

/// Made by who starts the bus, then of its thread.
class Loop {
 public:
  /// Listens; throws zmq::error_t when it cannot.
  Loop(Shared& shared, const Peers& peers);

  /// Where it listens, with the port that the kernel has picked.
  const std::string& endpoint() const { return listening_.listen; }
  /// Until shared.stop.
  void run();

 private:
  using Time = std::chrono::steady_clock::time_point;
  /// To a peer.
  struct Connection {
    Peer peer;
    std::unique_ptr<Subscriber> subscriber;  // null: it could not be made, or not yet
    bool open = false;
    Time anew_at{};      // unless it is open
    int broken_off = 0;  // handshakes, since one succeeded
  };

  void connect(Connection& connection);
  void connect_anew();
  void answer_knocks();
  void look_at_connections();
  void happened(Connection& connection, Monitor::Event event);
  void complain(const Peer& peer, Monitor::Event event);
  bool receive();
  void refused(const Peer& peer, Refusal refusal);
  void deliver(const Peer& peer, ports::Post&& post);
  bool send();
  void tell_states();
  void wait(bool more);

  Shared& shared_;
  Config listening_;  // the endpoint in it is the one that was bound
  Complaints complaints_;
  zmq::context_t context_{1};
  Gatekeeper gatekeeper_;
  std::uint64_t last_socket_ = 0;
  Publisher publisher_;
  std::vector<Connection> connections_;
  std::vector<ports::Post> posts_;
};

}  // namespace starling::bus
