#include "server/bus/bus.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <thread>
#include <utility>

#include "server/bus/loop.h"
#include "server/bus/shared.h"

namespace starling::bus {
namespace {

Result<void, std::string> check(const Config& config, const Peers& peers) {
  for (const Peer& peer : peers) {
    const auto overlaps = [&](const Shards& other) {
      return peer.shards.has(other.first) || other.has(peer.shards.first);
    };
    if (overlaps(config.shards)) {
      return fail(fmt::format("{} has shard {} as this node has; fix: give each node shards of its own", peer.name,
                              std::max(peer.shards.first, config.shards.first).value));
    }
    for (const Peer& other : peers) {
      if (&other == &peer) break;
      if (overlaps(other.shards)) {
        return fail(fmt::format("{} and {} both have shard {}; fix: give each node shards of its own", other.name,
                                peer.name, std::max(peer.shards.first, other.shards.first).value));
      }
      if (other.public_key == peer.public_key) {
        return fail(fmt::format("{} and {} have the same key; fix: starlingctl keygen --bus on each node", other.name,
                                peer.name));
      }
    }
  }
  return {};
}

}  // namespace

struct Bus::Running {
  Running(Config config, const Peers& peers, Callbacks callbacks)
      : shared(std::move(config), std::move(callbacks)), loop(shared, peers) {}

  Shared shared;
  Loop loop;
  std::thread thread;
};

Result<std::unique_ptr<Bus>, StartError> Bus::start(Config config, const Peers& peers, Callbacks callbacks) {
  if (auto checked = check(config, peers); !checked) return fail(std::move(checked.error()));
  const std::string listen = config.listen;
  try {
    auto running = std::make_unique<Running>(std::move(config), peers, std::move(callbacks));
    running->thread = std::thread([&loop = running->loop] { loop.run(); });
    return std::unique_ptr<Bus>(new Bus(std::move(running)));
  } catch (const zmq::error_t& error) {
    return fail(
        StartError(fmt::format("the bus cannot listen on {}: {}; fix: write tcp://ADDRESS:PORT with an address of this "
                               "machine and a port that is free",
                               listen, error.what()),
                   error.num() == EADDRINUSE || error.num() == EADDRNOTAVAIL));
  }
}

Bus::Bus(std::unique_ptr<Running> running) : running_(std::move(running)) {}

Bus::~Bus() {
  running_->shared.stop.store(true, std::memory_order_release);
  running_->shared.posts.wake();
  running_->thread.join();
}

void Bus::post(ports::Post&& post) {
  Counters& counters = running_->shared.counters;
  ++counters.posts;
  if (!running_->shared.posts.push(std::move(post))) ++counters.posts_dropped_queue;
}

bool Bus::is_heard_by(ShardId shard) const {
  return std::ranges::any_of(running_->shared.states(),
                             [&](const PeerState& peer) { return peer.hears && peer.shards.has(shard); });
}

std::string Bus::endpoint() const { return running_->loop.endpoint(); }

std::string Bus::metrics() const {
  std::string out = running_->shared.counters.text();
  const std::vector<PeerState> states = running_->shared.states();
  const auto gauge = [&](const char* name, const char* help, bool PeerState::* value) {
    auto to = std::back_inserter(out);
    fmt::format_to(to, "# HELP {0} {1}\n# TYPE {0} gauge\n", name, help);
    for (const PeerState& peer : states) {
      fmt::format_to(to, "{}{{node=\"{}\"}} {}\n", name, peer.name, static_cast<int>(peer.*value));
    }
  };
  gauge("starling_bus_node_heard", "Whether this node is connected to that one", &PeerState::heard);
  gauge("starling_bus_node_hears", "Whether that node is connected to this one", &PeerState::hears);
  return out;
}

}  // namespace starling::bus
