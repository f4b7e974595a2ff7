#include "server/bus/subscriber.h"

#include "server/bus/sockets.h"

namespace starling::bus {

Subscriber::Subscriber(zmq::context_t& context, const Config& config, const Peer& peer, std::uint64_t number,
                       Counters& counters)
    : counters_(counters),
      socket_(make_subscriber(context, config, peer)),
      monitor_(context, socket_, number),
      unpacker_(config.cluster) {
  socket_.connect(peer.endpoint);
}

std::optional<Result<std::vector<ports::Post>, Refusal>> Subscriber::take() {
  zmq::message_t message;
  if (!socket_.recv(message, zmq::recv_flags::dontwait)) return std::nullopt;
  ++counters_.messages_received;
  counters_.bytes_received += message.size();
  return unpacker_.take(message.to_string_view());
}

}  // namespace starling::bus
