// Sockets with the options that all of the bus have: bounded, guarded by CURVE, and gone at once when they are closed.
#pragma once

#include <zmq.hpp>

#include "server/bus/config.h"

namespace starling::bus {

/// Takes who comes with an allowed key (gatekeeper.h); to be bound.
zmq::socket_t make_publisher(zmq::context_t& context, const Config& config);
/// Takes a peer that has its key; to be connected.
zmq::socket_t make_subscriber(zmq::context_t& context, const Config& config, const Peer& peer);

}  // namespace starling::bus
