#include "server/bus/publisher.h"

#include "server/bus/sockets.h"

namespace starling::bus {

Publisher::Publisher(zmq::context_t& context, const Config& config, std::uint64_t number, Counters& counters)
    : cluster_(config.cluster),
      counters_(counters),
      socket_(make_publisher(context, config)),
      monitor_(context, socket_, number) {
  socket_.bind(config.listen);
}

std::string Publisher::endpoint() const { return socket_.get(zmq::sockopt::last_endpoint); }

bool Publisher::add(const Peer& to, const ports::Post& post) {
  if (!is_heard_by(to)) {
    ++counters_.posts_dropped_unheard;
    return true;
  }
  const ShardId first = to.shards.first;
  if (packers_.try_emplace(first, cluster_, first).first->second.add(post)) return true;
  ++counters_.posts_dropped_large;
  return false;
}

void Publisher::flush() {
  for (auto& [to, packer] : packers_) {
    for (const std::string& message : packer.take()) send(message);
  }
}

void Publisher::send(const std::string& message) {
  if (!socket_.send(zmq::buffer(message), zmq::send_flags::dontwait)) {
    ++counters_.messages_dropped_full;
    return;
  }
  ++counters_.messages_sent;
  counters_.bytes_sent += message.size();
}

bool Publisher::take_subscriptions() {
  constexpr char kSubscribed = 1;
  bool changed = false;
  for (zmq::message_t message; socket_.recv(message, zmq::recv_flags::dontwait);) {
    const std::string change = message.to_string();  // 1 or 0, and the topic
    if (change.empty()) continue;
    changed = true;
    if (change.front() == kSubscribed) {
      listeners_.insert(change.substr(1));
    } else {
      listeners_.erase(change.substr(1));
    }
  }
  return changed;
}

}  // namespace starling::bus
