// A node of the bus as its shards see it: what they post, and what comes to them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "server/bus/bus.h"

namespace starling::contract {

struct Delivered {
  ShardId to;
  ports::Envelope envelope;
};

class BusNode {
 public:
  /// With shards first, first + 1; a key of its own, and any free port.
  explicit BusNode(std::uint16_t first, std::uint64_t cluster = 1);

  /// Listens, or anew, at the same place.
  void start(const bus::Peers& peers = {});
  void stop() { bus_.reset(); }
  bus::Bus& bus() { return *bus_; }
  bus::Config& config() { return config_; }
  /// As the others have it.
  bus::Peer as_peer() const;

  /// From its first shard.
  void post(ShardId to, ports::Payload payload = ports::Heartbeat{}, std::vector<ports::Post::Copy> also = {});

  /// Whether its shards take what comes; at first they do.
  void take(bool takes);
  /// What has come, once it is as much; fewer when they do not come.
  std::vector<Delivered> delivered(std::size_t count);
  /// True once a line of the log has this in it.
  bool complains(const std::string& of);
  /// Whether one has it by now.
  bool has_complained(const std::string& of);
  /// A sample of the metrics, as it is now.
  std::uint64_t metric(const std::string& name) const;
  /// True once it is at least so much.
  bool reaches(const std::string& name, std::uint64_t value);
  /// True once `condition`, of the metrics, is.
  bool becomes(const std::function<bool()>& condition);
  /// While it is held, this node takes nothing from the network.
  std::unique_lock<std::mutex> stand_still() { return std::unique_lock(gate_); }

 private:
  template <class Condition>
  bool wait_for(Condition&& condition);
  bool is_in_a_line(const std::string& of) const;  // under the mutex

  bus::Config config_;
  std::mutex gate_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Delivered> delivered_;
  std::vector<std::string> lines_;
  bool takes_ = true;
  std::uint64_t links_sent_ = 0;
  std::unique_ptr<bus::Bus> bus_;  // last: its thread uses the others
};

/// Starts the nodes anew as peers of each other, and waits until each hears each.
void connect(std::initializer_list<BusNode*> nodes);
/// Waits until each hears each.
void wait_for_connections(std::initializer_list<BusNode*> nodes);

}  // namespace starling::contract
