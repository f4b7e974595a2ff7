// Carries the posts of a node's shards to the shards of other nodes, over ZeroMQ. Like a link (server/core/links.h) it may lose
// anything, without a word to who posted; what it delivers from a shard to a shard is whole and in order.
//
// Each node listens with one socket and is connected to that of every other; both ends prove their keys (CURVE), and only
// the peers' are taken. A thread of its own does everything.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/base/start_error.h"
#include "server/bus/config.h"
#include "server/ports/envelope.h"

namespace starling::bus {

class Bus {
 public:
  struct Callbacks {
    /// To a shard of this node, in the order in which the other node said it. On the bus's thread: must not wait. False: the
    /// shard is behind, and it is lost.
    std::function<bool(ShardId to, ports::Envelope&&)> deliver;
    /// A line for the log, with what to do about it.
    std::function<void(const std::string& line)> warn;
  };
  /// Listens, or says why not and what to change. Who else there is stays as it is until the end.
  static Result<std::unique_ptr<Bus>, StartError> start(Config config, const Peers& peers, Callbacks callbacks);
  /// Nothing is delivered any more, and what waits is lost.
  ~Bus();

  /// Any thread; never waits. What is lost is counted, and found by the links.
  void post(ports::Post&& post);

  /// Any thread: whether the node that has this shard is connected to this one, and allowed to be.
  bool is_heard_by(ShardId shard) const;

  /// Where it listens, with the port that the kernel has picked.
  std::string endpoint() const;
  /// Prometheus text.
  std::string metrics() const;

 private:
  struct Running;
  explicit Bus(std::unique_ptr<Running> running);
  std::unique_ptr<Running> running_;
};

}  // namespace starling::bus
