// What this node says, to each of the others.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <zmq.hpp>

#include "server/bus/config.h"
#include "server/bus/counters.h"
#include "server/bus/message.h"
#include "server/bus/monitor.h"

namespace starling::bus {

/// Of the bus's thread.
class Publisher {
 public:
  /// Listens; throws zmq::error_t when it cannot. `number` is of no other socket in the context, ever.
  Publisher(zmq::context_t& context, const Config& config, std::uint64_t number, Counters& counters);

  /// Where it listens, with the port that the kernel has picked.
  std::string endpoint() const;

  /// To the node that has its shards; false: a post that no node could take.
  bool add(const Peer& to, const ports::Post& post);
  /// What has been added goes out.
  void flush();

  /// Nodes that come and go; true when there were any.
  bool take_subscriptions();
  bool is_heard_by(const Peer& peer) const { return listeners_.contains(topic_of(peer.shards.first)); }

  /// What has happened to a connection, if anything has.
  std::optional<Monitor::Event> look() { return monitor_.next(); }

  zmq::socket_t& socket() { return socket_; }
  zmq::socket_t& events() { return monitor_.socket(); }

 private:
  void send(const std::string& message);

  std::uint64_t cluster_;
  Counters& counters_;
  zmq::socket_t socket_;
  Monitor monitor_;
  std::set<std::string> listeners_;    // topics
  std::map<ShardId, Packer> packers_;  // by the first shard of the node
};

}  // namespace starling::bus
