#include "tests/contract/bus/node.h"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>

namespace starling::contract {
namespace {

using namespace std::chrono_literals;
/// Anything that comes at all comes much sooner; the machine may have other things to do.
constexpr auto kPatience = 20s;
constexpr auto kLook = 5ms;

}  // namespace

BusNode::BusNode(std::uint16_t first, std::uint64_t cluster) {
  config_ = {.cluster = cluster, .shards = {.first = ShardId(first), .count = 2}, .listen = "tcp://127.0.0.1:*"};
  crypto_box_keypair(config_.public_key.data(), config_.secret_key.data());
}

void BusNode::start(const bus::Peers& peers) {
  stop();
  auto started = bus::Bus::start(config_, peers,
                                 {.deliver =
                                      [this](ShardId to, ports::Envelope&& envelope) {
                                        const std::lock_guard still(gate_);
                                        const std::lock_guard lock(mutex_);
                                        if (!takes_) return false;
                                        delivered_.push_back({to, std::move(envelope)});
                                        changed_.notify_all();
                                        return true;
                                      },
                                  .warn =
                                      [this](const std::string& line) {
                                        const std::lock_guard lock(mutex_);
                                        lines_.push_back(line);
                                        changed_.notify_all();
                                      }});
  if (!started) throw std::runtime_error(started.error().text);
  bus_ = std::move(*started);
  config_.listen = bus_->endpoint();
}

bus::Peer BusNode::as_peer() const {
  return {.name = "n" + std::to_string(config_.shards.first.value),
          .shards = config_.shards,
          .endpoint = config_.listen,
          .public_key = config_.public_key};
}

void BusNode::post(ShardId to, ports::Payload payload, std::vector<ports::Post::Copy> also) {
  bus_->post({.to = to,
              .envelope = {.header = {.from = config_.shards.first, .boot = 1, .link_seq = ++links_sent_},
                           .payload = std::move(payload)},
              .also = std::move(also)});
}

template <class Condition>
bool BusNode::wait_for(Condition&& condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, condition);
}

void BusNode::take(bool takes) {
  const std::lock_guard lock(mutex_);
  takes_ = takes;
}

std::vector<Delivered> BusNode::delivered(std::size_t count) {
  wait_for([&] { return delivered_.size() >= count; });
  const std::lock_guard lock(mutex_);
  return std::exchange(delivered_, {});
}

bool BusNode::is_in_a_line(const std::string& of) const {
  return std::ranges::any_of(lines_, [&](const std::string& line) { return line.find(of) != std::string::npos; });
}

bool BusNode::complains(const std::string& of) {
  return wait_for([&] { return is_in_a_line(of); });
}

bool BusNode::has_complained(const std::string& of) {
  const std::lock_guard lock(mutex_);
  return is_in_a_line(of);
}

std::uint64_t BusNode::metric(const std::string& name) const {
  const std::string text = "\n" + bus_->metrics();
  const std::size_t at = text.find("\n" + name + " ");
  if (text.find("# TYPE " + name.substr(0, name.find('{'))) == std::string::npos)
    throw std::runtime_error("no " + name);
  if (at == std::string::npos) return 0;
  return std::stoull(text.substr(at + name.size() + 2));
}

bool BusNode::reaches(const std::string& name, std::uint64_t value) {
  return becomes([&] { return metric(name) >= value; });
}

bool BusNode::becomes(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kLook);
  }
  return true;
}

void connect(std::initializer_list<BusNode*> nodes) {
  // Who refuses is asked again a second later only.
  for (BusNode* node : nodes) node->stop();
  for (BusNode* node : nodes) {
    bus::Peers peers;
    for (BusNode* other : nodes) {
      if (other != node) peers.push_back(other->as_peer());
    }
    node->start(peers);
  }
  wait_for_connections(nodes);
}

void wait_for_connections(std::initializer_list<BusNode*> nodes) {
  for (BusNode* node : nodes) {
    for (BusNode* other : nodes) {
      if (other == node) continue;
      const std::string label = "{node=\"" + other->as_peer().name + "\"}";
      if (!node->reaches("starling_bus_node_heard" + label, 1) ||
          !node->reaches("starling_bus_node_hears" + label, 1)) {
        throw std::runtime_error("no connection");
      }
    }
  }
}

}  // namespace starling::contract
