// All shards of a process: starts their threads, hands them what comes from elsewhere, and ends them. Owner: the main
// thread; complete(), answer(), revoke(), log_grew() and items_changed() may be called from any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/result.h"
#include "server/runtime/listener.h"
#include "server/runtime/node_context.h"

namespace starling::runtime {

class Node {
 public:
  /// Binds and loads what the configuration names; the error says what to change. Nothing runs yet.
  /// `authenticator` outlives the node.
  static Result<std::unique_ptr<Node>, std::string> create(const Config& config, const core::Config& core,
                                                           const auth::Authenticator& authenticator);
  ~Node();

  /// `store` may be called as soon as this is.
  void start(StoreLink store, ApiLink api = {});
  std::uint16_t port() const { return port_; }
  std::uint32_t shards() const { return static_cast<std::uint32_t>(context_.mailboxes.size()); }

  void complete(ShardId shard, ports::StoreCompletion&& completion);
  void answer(ShardId shard, ports::ApiResponse&& response);
  /// Closes the device's connections, on every shard.
  void revoke(DeviceId device);
  /// In the store, past the shards: the one that is home hears of it.
  void log_grew(RoomId room, Seq head);
  void items_changed(UserId user);

  /// /readyz turns to 503; sessions are sent away at a bounded rate.
  void drain();
  bool drained() const;
  /// Ends the threads; connections that are left are cut.
  void stop();

 private:
  Node() = default;

  NodeContext context_;
  std::vector<ListenSocket> listeners_;
  std::vector<std::thread> threads_;
  std::uint16_t port_ = 0;
};

}  // namespace starling::runtime
