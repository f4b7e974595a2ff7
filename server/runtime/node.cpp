#include "server/runtime/node.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sodium.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include "server/ports/numbering.h"
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

Result<std::uint16_t, std::string> shards_of(const Config& config) {
  const std::uint32_t cores = std::max(1u, std::thread::hardware_concurrency());
  if (!config.node) return static_cast<std::uint16_t>(config.shards != 0 ? config.shards : cores);
  if (config.shards > ports::kShardsPerNode) {
    return tl::unexpected(fmt::format(
        "runtime.shards is {}, but a node of several has at most {}; lower it, and let more nodes share the load",
        config.shards, ports::kShardsPerNode));
  }
  return static_cast<std::uint16_t>(config.shards != 0 ? config.shards
                                                       : std::min<std::uint32_t>(cores, ports::kShardsPerNode));
}

}  // namespace

Result<std::unique_ptr<Node>, StartError> Node::create(const Config& config, const core::Config& core,
                                                       const auth::Authenticator& authenticator) {
  std::unique_ptr<Node> node(new Node);
  NodeContext& context = node->context_;
  context.config = config;
  context.core = core;
  context.authenticator = &authenticator;
  const auto shards = shards_of(config);
  if (!shards) return tl::unexpected(shards.error());
  const auto allowed = connections_allowed(config, *shards);
  if (!allowed) return tl::unexpected(allowed.error());
  context.connections_max = *allowed;
  if (config.tls.enabled()) {
    auto tls = TlsContext::load(config.tls);
    if (!tls) return tl::unexpected(tls.error());
    context.tls = std::make_unique<TlsContext>(std::move(*tls));
  }
  auto listeners = listen(config, *shards);
  if (!listeners) return tl::unexpected(listeners.error());
  node->listeners_ = std::move(listeners->sockets);
  node->port_ = listeners->port;

  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  // Grows with each start, as envelopes promise.
  const auto boot = static_cast<std::uint64_t>(std::chrono::nanoseconds(since_1970).count());
  context.started = WallTime(std::chrono::duration_cast<WallTime::duration>(since_1970));
  context.self = {.first = ShardId(static_cast<std::uint16_t>(config.node.value_or(0) * ports::kShardsPerNode)),
                  .shards = *shards,
                  .boot = boot};
  for (std::uint32_t i = 0; i < *shards; ++i) {
    context.mailboxes.push_back(std::make_unique<Mailbox>(*shards + std::size_t{1}, kRingCapacity));
    context.stats.push_back(std::make_unique<PublishedStats>());
  }
  return node;
}

Node::~Node() { stop(); }

void Node::start(StoreLink store, ApiLink api, BusLink bus, DirectoryLink directory) {
  // OpenSSL writes without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  context_.store = std::move(store);
  context_.api = std::move(api);
  context_.bus = std::move(bus);
  context_.directory = std::move(directory);
  if (!context_.config.node) {
    ports::View alone{.id = ViewId(1)};
    alone.add(context_.self);
    return enter(std::move(alone));
  }
  context_.isolation.set({.isolated = true, .unreached = {}});
  context_.membership = std::make_unique<Membership>(
      context_.core, context_.self,
      Membership::Calls{.ask = [this](ports::StoreOp&& op) { context_.store.submit(kMembershipShard, std::move(op)); },
                        .told_time = [this](core::StoreClock clock) { context_.store_clock.set(clock); },
                        .entered = [this](ports::View&& view) { enter(std::move(view)); },
                        .extended =
                            [this](Instant until) {
                              for (auto& mailbox : context_.mailboxes) mailbox->tell(core::LeaseExtended{until});
                            },
                        .heard = [this](std::uint16_t node) { return heard(node); },
                        .isolation =
                            [this](const Isolation& now) {
                              context_.isolation.set({.isolated = now.isolated(), .unreached = now.unreached()});
                            },
                        .gave_way =
                            [this] {
                              for (auto& mailbox : context_.mailboxes) mailbox->request_hang_up();
                            },
                        .left =
                            [this] {
                              for (auto& mailbox : context_.mailboxes) mailbox->request_drain();
                            },
                        .put_out = [this] { put_out_ = true; }});
  context_.membership->start();
}

void Node::enter(ports::View&& view) {
  context_.view.set(view);
  if (threads_.empty()) return serve(view);
  for (auto& mailbox : context_.mailboxes) mailbox->tell(core::ViewChanged{view});
}

void Node::serve(const ports::View& view) {
  for (std::uint32_t i = 0; i < shards(); ++i) {
    threads_.emplace_back([this, i, view, listener = std::move(listeners_[i])]() mutable {
      ::pthread_setname_np(::pthread_self(), fmt::format("shard-{}", i).c_str());
      const ShardId self(static_cast<std::uint16_t>(context_.self.first.value + i));
      ShardLoop(context_, self, view, std::move(listener), entropy()).run();
    });
  }
  listeners_.clear();
}

void Node::complete(ShardId shard, ports::StoreCompletion&& completion) {
  if (shard == kMembershipShard) return context_.membership->answered(std::move(completion));
  context_.mailboxes[context_.index_of(shard)]->complete(std::move(completion));
}

void Node::answer(ShardId shard, ports::ApiResponse&& response) {
  context_.mailboxes[context_.index_of(shard)]->answer(std::move(response));
}

Membership::Heard Node::heard(std::uint16_t node) const {
  return {.envelopes = context_.envelopes_of[node].load(std::memory_order_relaxed), .hears = context_.bus.hears(node)};
}

bool Node::deliver(ShardId shard, ports::Envelope&& envelope) {
  context_.envelopes_of[envelope.header.from.value / ports::kShardsPerNode].fetch_add(1, std::memory_order_relaxed);
  if (!context_.self.has(shard)) return false;
  Mailbox& mailbox = *context_.mailboxes[context_.index_of(shard)];
  if (!mailbox.post(shards(), std::move(envelope))) return false;
  mailbox.wake();
  return true;
}

void Node::tail_read(ShardId shard, ports::TailRead&& read) {
  context_.mailboxes[context_.index_of(shard)]->tell(core::TailAnswered{std::move(read)});
}

void Node::revoke(DeviceId device) {
  for (auto& mailbox : context_.mailboxes) mailbox->tell(core::DeviceRevoked{device});
}

template <class Key>
void Node::tell_home(Key key, core::Input&& input) {
  const ports::View view = context_.view.get();
  if (view.nodes.empty()) return;
  const ShardId home = ports::home_of(view, key);
  if (context_.self.has(home)) context_.mailboxes[context_.index_of(home)]->tell(std::move(input));
}

void Node::log_grew(RoomId room, Seq head) { tell_home(room, core::LogGrew{room, head}); }

void Node::items_changed(UserId user) { tell_home(user, core::ItemsGrew{user}); }

void Node::drain() {
  context_.draining = true;
  // What has its home here moves first, and the sessions follow.
  if (context_.membership) return context_.membership->leave();
  for (auto& mailbox : context_.mailboxes) mailbox->request_drain();
}

core::StoreClock Node::clock_apart() const { return apart_of(context_.store_clock.get(), machine_now()); }

std::string Node::why_isolated() const { return context_.isolation.why(); }

bool Node::drained() const {
  const bool has_served = !context_.view.get().nodes.empty();
  return !has_served || context_.shards_drained == context_.mailboxes.size();
}

std::vector<std::uint64_t> Node::turns() const {
  std::vector<std::uint64_t> turns;
  if (context_.view.get().nodes.empty()) return turns;
  for (const auto& stats : context_.stats) turns.push_back(stats->get().turns);
  return turns;
}

void Node::stop() {
  if (context_.membership) context_.membership->stop();
  for (auto& mailbox : context_.mailboxes) mailbox->request_stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace starling::runtime
