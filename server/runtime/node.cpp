#include "server/runtime/node.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sodium.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include "server/runtime/shard_loop.h"

namespace starling::runtime {
namespace {

std::uint64_t entropy() {
  std::uint64_t value = 0;
  randombytes_buf(&value, sizeof value);
  return value;
}

std::uint32_t descriptors_allowed() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  // The soft limit is for programs that use select(); this one does not.
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<std::uint32_t>(std::min<rlim_t>(limit.rlim_cur, 1'000'000));
}

/// Envelopes between two shards.
constexpr std::size_t kRingCapacity = 4096;

Result<std::uint32_t, std::string> connections_allowed(const Config& config, std::uint32_t shards) {
  const std::uint32_t descriptors = descriptors_allowed();
  const std::uint32_t reserved = reserved_descriptors(shards);
  if (descriptors <= 2 * reserved) {
    return tl::unexpected(
        fmt::format("only {} file descriptors are allowed, and {} shards need some {} beside connections; raise "
                    "LimitNOFILE (ulimit -n)",
                    descriptors, shards, reserved));
  }
  const std::uint32_t most = descriptors - reserved;
  if (config.connections_max > most) {
    return tl::unexpected(
        fmt::format("runtime.connections_max is {}, but {} file descriptors allow for {}; lower it, or "
                    "raise LimitNOFILE (ulimit -n)",
                    config.connections_max, descriptors, most));
  }
  return config.connections_max == 0 ? most : config.connections_max;
}

}  // namespace

Result<std::unique_ptr<Node>, std::string> Node::create(const Config& config, const core::Config& core,
                                                        const auth::Authenticator& authenticator) {
  std::unique_ptr<Node> node(new Node);
  NodeContext& context = node->context_;
  context.config = config;
  context.core = core;
  context.authenticator = &authenticator;
  const std::uint32_t shards = config.shards != 0 ? config.shards : std::max(1u, std::thread::hardware_concurrency());
  const auto allowed = connections_allowed(config, shards);
  if (!allowed) return tl::unexpected(allowed.error());
  context.connections_max = *allowed;
  if (config.tls.enabled()) {
    auto tls = TlsContext::load(config.tls);
    if (!tls) return tl::unexpected(tls.error());
    context.tls = std::make_unique<TlsContext>(std::move(*tls));
  }
  auto listeners = listen(config, shards);
  if (!listeners) return tl::unexpected(listeners.error());
  node->listeners_ = std::move(listeners->sockets);
  node->port_ = listeners->port;

  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  // Grows with each start, as envelopes promise.
  context.boot = static_cast<std::uint64_t>(std::chrono::nanoseconds(since_1970).count());
  context.started = WallTime(std::chrono::duration_cast<WallTime::duration>(since_1970));
  context.view.id = ViewId(1);
  context.view.add({.first = ShardId(0), .shards = static_cast<std::uint16_t>(shards)});
  for (std::uint32_t i = 0; i < shards; ++i) {
    context.mailboxes.push_back(std::make_unique<Mailbox>(shards, kRingCapacity));
    context.stats.push_back(std::make_unique<PublishedStats>());
  }
  return node;
}

Node::~Node() { stop(); }

void Node::start(StoreLink store, ApiLink api) {
  // OpenSSL writes without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  context_.store = std::move(store);
  context_.api = std::move(api);
  for (std::uint32_t i = 0; i < shards(); ++i) {
    threads_.emplace_back([this, i, listener = std::move(listeners_[i])]() mutable {
      ::pthread_setname_np(::pthread_self(), fmt::format("shard-{}", i).c_str());
      ShardLoop(context_, ShardId(static_cast<std::uint16_t>(i)), std::move(listener), entropy()).run();
    });
  }
  listeners_.clear();
}

void Node::complete(ShardId shard, ports::StoreCompletion&& completion) {
  context_.mailboxes[shard.value]->complete(std::move(completion));
}

void Node::answer(ShardId shard, ports::ApiResponse&& response) {
  context_.mailboxes[shard.value]->answer(std::move(response));
}

void Node::revoke(DeviceId device) {
  for (auto& mailbox : context_.mailboxes) mailbox->tell(core::DeviceRevoked{device});
}

void Node::log_grew(RoomId room, Seq head) {
  context_.mailboxes[ports::home_of(context_.view, room).value]->tell(core::LogGrew{room, head});
}

void Node::items_changed(UserId user) {
  context_.mailboxes[ports::home_of(context_.view, user).value]->tell(core::ItemsGrew{user});
}

void Node::drain() {
  context_.draining = true;
  for (auto& mailbox : context_.mailboxes) mailbox->request_drain();
}

bool Node::drained() const { return context_.shards_drained == context_.mailboxes.size(); }

void Node::stop() {
  for (auto& mailbox : context_.mailboxes) mailbox->request_stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace starling::runtime
