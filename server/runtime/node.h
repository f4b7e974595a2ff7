// All shards of a process: starts their threads, hands them what comes from elsewhere, and ends them. Owner: the main
// thread; what is handed in may come from any, and what the bus brings from one.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/result.h"
#include "common/base/start_error.h"
#include "server/runtime/listener.h"
#include "server/runtime/node_context.h"

namespace starling::runtime {

class Node {
 public:
  /// Binds and loads what the configuration names; the error says what to change. Nothing runs yet.
  /// `authenticator` outlives the node.
  static Result<std::unique_ptr<Node>, StartError> create(const Config& config, const core::Config& core,
                                                          const auth::Authenticator& authenticator);
  ~Node();

  /// The links may be called as soon as this is. The shards of a node of several run once it is in the view; until then
  /// who connects waits in the backlog.
  void start(StoreLink store, ApiLink api = {}, BusLink bus = {}, DirectoryLink directory = {});
  std::uint16_t port() const { return port_; }
  std::uint32_t shards() const { return static_cast<std::uint32_t>(context_.mailboxes.size()); }

  void complete(ShardId shard, ports::StoreCompletion&& completion);
  void answer(ShardId shard, ports::ApiResponse&& response);
  /// From another node. False: it is for no shard here, or the shard is behind, and it is lost.
  bool deliver(ShardId shard, ports::Envelope&& envelope);
  void tail_read(ShardId shard, ports::TailRead&& read);
  /// Closes the device's connections, on every shard.
  void revoke(DeviceId device);
  /// In the store, past the shards: the one that is home hears of it, if it is here.
  void log_grew(RoomId room, Seq head);
  void items_changed(UserId user);

  /// /readyz turns to 503; sessions are sent away at a bounded rate.
  void drain();
  bool drained() const;
  /// Of each shard's loop, as it published them a second ago at most; none while the shards do not run yet.
  std::vector<std::uint64_t> turns() const;
  /// Of this process; nanoseconds since 1970.
  std::uint64_t boot() const { return context_.self.boot; }
  /// As the shards go by it.
  core::Now now() const { return now_held_to(context_.store_clock); }
  /// The store's clock, as far as it is ahead of this machine's; nothing: there is none, or it is not known yet.
  core::StoreClock clock_apart() const;
  /// Why nothing has its home here, for the log; empty: the node is like the others.
  std::string why_isolated() const;
  /// The other nodes go on without this one, and nothing of it counts any more: the process must start anew.
  bool put_out() const { return put_out_; }
  /// Ends the threads; connections that are left are cut.
  void stop();

 private:
  Node() = default;
  void serve(const ports::View& view);
  void enter(ports::View&& view);
  Membership::Heard heard(std::uint16_t node) const;
  template <class Key>
  void tell_home(Key key, core::Input&& input);

  NodeContext context_;
  std::atomic<bool> put_out_{false};
  std::vector<ListenSocket> listeners_;
  std::vector<std::thread> threads_;
  std::uint16_t port_ = 0;
};

}  // namespace starling::runtime
