// What the shards of a node share. Everything here is constant while they run, atomic, or says whose it is.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/time.h"
#include "server/auth/authenticator.h"
#include "server/auth/revoked_devices.h"
#include "server/core/config.h"
#include "server/ports/api.h"
#include "server/ports/store.h"
#include "server/ports/view.h"
#include "server/runtime/config.h"
#include "server/runtime/mailbox.h"
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

/// The HTTP API, as the shards see it: a request goes in as a value, its answer comes back through Node::answer. Called
/// from every shard's thread; must not block.
struct ApiLink {
  /// Empty: there is none, and its paths are not found.
  std::function<void(ports::ApiRequest&&)> submit;
  std::function<std::string()> metrics;
  /// Whose credentials are refused; null: nobody's.
  const auth::RevokedDevices* revoked = nullptr;
};

struct NodeContext {
  Config config;
  core::Config core;
  const auth::Authenticator* authenticator = nullptr;
  std::unique_ptr<TlsContext> tls;  // null: plain text
  StoreLink store;
  ApiLink api;
  ports::View view;
  std::uint64_t boot = 0;
  WallTime started;
  std::uint32_t connections_max = 0;

  std::vector<std::unique_ptr<Mailbox>> mailboxes;     // by shard
  std::vector<std::unique_ptr<PublishedStats>> stats;  // by shard
  std::atomic<std::uint32_t> connections{0};
  std::atomic<std::uint32_t> unauthenticated{0};
  std::atomic<std::uint32_t> spares{0};
  std::atomic<std::uint32_t> shards_drained{0};
  std::atomic<bool> draining{false};
};

}  // namespace starling::runtime
