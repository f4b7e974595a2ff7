#include "server/bus/sockets.h"

#include "server/bus/gatekeeper.h"
#include "server/bus/limits.h"
#include "server/bus/message.h"

namespace starling::bus {
namespace {

int ms(std::chrono::milliseconds time) { return static_cast<int>(time.count()); }

zmq::const_buffer bytes_of(const Key& key) { return zmq::buffer(key); }

zmq::socket_t make_socket(zmq::context_t& context, zmq::socket_type type, const Config& config) {
  namespace option = zmq::sockopt;
  zmq::socket_t socket(context, type);
  socket.set(option::linger, 0);
  socket.set(option::sndhwm, limits::kQueuedMessagesMax);
  socket.set(option::rcvhwm, limits::kQueuedMessagesMax);
  socket.set(option::maxmsgsize, static_cast<std::int64_t>(limits::kMessageBytesMax));
  socket.set(option::handshake_ivl, ms(limits::kHandshakeTimeout));
  socket.set(option::heartbeat_ivl, ms(limits::kHeartbeatEvery));
  socket.set(option::heartbeat_timeout, ms(limits::kHeartbeatTimeout));
  socket.set(option::heartbeat_ttl, ms(limits::kHeartbeatTimeout));
  socket.set(option::reconnect_ivl, ms(limits::kReconnectEvery));
  socket.set(option::tcp_keepalive, 1);
  socket.set(option::ipv6, true);
  socket.set(option::curve_publickey, bytes_of(config.public_key));
  socket.set(option::curve_secretkey, bytes_of(config.secret_key));
  return socket;
}

}  // namespace

zmq::socket_t make_publisher(zmq::context_t& context, const Config& config) {
  // XPUB, so that it is known who listens; and with a refusal for a full queue instead of silence. Each node has a topic
  // of its own, so that one which does not read stops nobody else.
  zmq::socket_t socket = make_socket(context, zmq::socket_type::xpub, config);
  socket.set(zmq::sockopt::xpub_nodrop, true);
  socket.set(zmq::sockopt::curve_server, true);
  socket.set(zmq::sockopt::zap_domain, kZapDomain);
  return socket;
}

zmq::socket_t make_subscriber(zmq::context_t& context, const Config& config, const Peer& peer) {
  zmq::socket_t socket = make_socket(context, zmq::socket_type::sub, config);
  socket.set(zmq::sockopt::curve_serverkey, bytes_of(peer.public_key));
  socket.set(zmq::sockopt::subscribe, topic_of(config.shards.first));
  return socket;
}

}  // namespace starling::bus
