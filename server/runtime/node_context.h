// What the shards of a node share. Everything here is constant while they run, atomic, or says whose it is.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/base/time.h"
#include "server/auth/authenticator.h"
#include "server/auth/revoked_devices.h"
#include "server/core/config.h"
#include "server/ports/api.h"
#include "server/ports/directory.h"
#include "server/ports/envelope.h"
#include "server/ports/numbering.h"
#include "server/ports/store.h"
#include "server/ports/view.h"
#include "server/runtime/config.h"
#include "server/runtime/core_driver.h"
#include "server/runtime/mailbox.h"
#include "server/runtime/membership.h"
#include "server/runtime/stats.h"
#include "server/runtime/tls.h"

namespace starling::runtime {

/// The store, as the shards see it. Called from every shard's thread; must not block.
struct StoreLink {
  /// The completion comes back through Node::complete.
  std::function<void(ShardId, ports::StoreOp&&)> submit;
  /// False when the store has stopped for good or cannot take commits now.
  std::function<bool()> healthy;
  /// Families of its own for /metrics, in the Prometheus text format.
  std::function<std::string()> metrics;
};

/// The way to the other nodes of a cluster. Called from every shard's thread; must not block. What comes from them goes to
/// Node::deliver.
struct BusLink {
  /// It may get lost.
  std::function<void(ports::Post&&)> post;
  /// Whether that node listens to this one.
  std::function<bool(std::uint16_t node)> hears;
};

/// The cache that the nodes share. Called from every shard's thread; must not block. Answers come to Node::tail_read.
struct DirectoryLink {
  std::function<void(ShardId, ports::DirectoryOp&&)> submit;
};

/// The HTTP API, as the shards see it: a request goes in as a value, its answer comes back through Node::answer. Called
/// from every shard's thread; must not block.
struct ApiLink {
  /// Empty: there is none, and its paths are not found.
  std::function<void(ports::ApiRequest&&)> submit;
  std::function<std::string()> metrics;
  /// Whose credentials are refused; null: nobody's.
  const auth::RevokedDevices* revoked = nullptr;
};

/// The newest view that the node has heard of. Any thread.
class PresentView {
 public:
  void set(ports::View view) {
    const std::lock_guard lock(mutex_);
    view_ = std::move(view);
  }
  ports::View get() const {
    const std::lock_guard lock(mutex_);
    return view_;
  }

 private:
  mutable std::mutex mutex_;
  ports::View view_;
};

/// Whether the node is to have no homes, and who has to be reached for that. Any thread.
class SharedIsolation {
 public:
  struct State {
    bool isolated = false;
    std::vector<Reach> unreached;
  };
  void set(State state) {
    const std::lock_guard lock(mutex_);
    state_ = std::move(state);
  }
  /// Empty: it is not isolated.
  std::string why() const {
    const std::lock_guard lock(mutex_);
    if (!state_.isolated) return {};
    return state_.unreached.empty() ? "it waits for its place" : text_of(state_.unreached);
  }

 private:
  mutable std::mutex mutex_;
  State state_;
};

/// How many envelopes each node of the cluster has sent.
using EnvelopesOf = std::array<std::atomic<std::uint64_t>, ports::kNodesMax>;

struct NodeContext {
  Config config;
  core::Config core;
  const auth::Authenticator* authenticator = nullptr;
  std::unique_ptr<TlsContext> tls;  // null: plain text
  StoreLink store;
  ApiLink api;
  BusLink bus;              // of a node of several
  DirectoryLink directory;  // of a node whose core shares tails
  ports::ViewNode self;
  PresentView view;
  SharedStoreClock store_clock;
  SharedIsolation isolation;
  EnvelopesOf envelopes_of{};
  std::unique_ptr<Membership> membership;  // null: the node is alone
  WallTime started;
  std::uint32_t connections_max = 0;

  std::vector<std::unique_ptr<Mailbox>> mailboxes;     // by index_of(shard); writers: the shards, and the bus
  std::vector<std::unique_ptr<PublishedStats>> stats;  // likewise
  std::atomic<std::uint32_t> connections{0};
  std::atomic<std::uint32_t> unauthenticated{0};
  std::atomic<std::uint32_t> spares{0};
  std::atomic<std::uint32_t> shards_drained{0};
  std::atomic<bool> draining{false};

  std::size_t index_of(ShardId shard) const { return shard.value - self.first.value; }
};

}  // namespace starling::runtime
